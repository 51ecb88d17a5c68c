import { join, resolve } from 'node:path';

/** The shipped program, for each of its engines. */
export interface Programs {
  readonly nodeCommand: string;
  readonly nodeBundles: string;
  readonly bunBinary: string;
}

/** The programs that a checkout has built. @param root the folder of the checkout @default - this checkout */
export function checkout(root = join(import.meta.dirname, '..')): Programs {
  const runtime = resolve(root, 'runtime');
  return {
    nodeCommand: resolve(root, 'node_modules/.bin/multisite-init'),
    nodeBundles: join(runtime, 'build/node'),
    bunBinary: join(runtime, 'build/bin/multisite-init'),
  };
}
