import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Go module. Its version is only in a go.mod. */
export interface PinnedModule {
  /** Without the `v`. */
  readonly version: string;
  /** The folder of that go.mod. */
  readonly moduleFolder: string;
}

export function pinnedModule(module: string, moduleFolder: string): PinnedModule {
  const goMod = join(moduleFolder, 'go.mod');
  const lines = readFileSync(goMod, 'utf8').split('\n');
  const requirement = lines.map((line) => line.trim()).find((line) => line.startsWith(`${module} v`));
  const version = requirement?.slice(`${module} v`.length).split(' ')[0];
  if (version === undefined) {
    throw new Error(`${goMod} requires no ${module}`);
  }
  return { version, moduleFolder };
}
