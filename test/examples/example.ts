import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installInto } from '../support/outsider.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Has Node.js run no TypeScript, as before 22.18. */
export const LIKE_OLD_NODE = '--no-experimental-strip-types';

/** A copy of an example outside of the checkout, which has the package installed. */
export interface Example {
  readonly folder: string;
  /** Runs `npm run` with one of its scripts. @throws with what it says when it fails */
  run(script: string): Promise<void>;
  remove(): Promise<void>;
}

export async function copyOf(name: string): Promise<Example> {
  const folder = await mkdtemp(join(tmpdir(), `example-${name}-`));
  await cp(join(ROOT, 'examples', name), folder, { recursive: true });
  await installInto(folder);
  return {
    folder,
    run: async (script) => {
      // The commands that its devDependencies would bring.
      const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
      await promisify(execFile)('npm', ['run', '--silent', script], {
        cwd: folder,
        env: { ...process.env, PATH, NODE_OPTIONS: LIKE_OLD_NODE },
      });
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
