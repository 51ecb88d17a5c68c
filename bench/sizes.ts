import { statSync } from 'node:fs';
import { BUN_BINARY, NODE_BUNDLE } from './programs.ts';

/** In bytes, of what is shipped. */
export interface Sizes {
  readonly nodeBundle: number;
  readonly bunBinary: number;
}

/** @throws when the programs are not built */
export function sizes(): Sizes {
  return { nodeBundle: size(NODE_BUNDLE), bunBinary: size(BUN_BINARY) };
}

function size(path: string): number {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) throw new Error(`${path} is not built: run \`npm run build\` first`);
  return size;
}
