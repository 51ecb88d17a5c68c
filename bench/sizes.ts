import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from './programs.ts';

/** The sizes of the shipped files, in bytes. */
export interface Sizes {
  readonly nodeBundles: number;
  readonly bunBinary: number;
}

/** @throws if the programs are not built */
export function sizes({ bunBinary, nodeBundles }: Programs): Sizes {
  return { bunBinary: size(bunBinary), nodeBundles: sizeOfFolder(nodeBundles) };
}

function sizeOfFolder(folder: string): number {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return names.reduce((total, { name }) => total + size(join(folder, name)), 0);
}

function size(path: string): number {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) {
    throw new Error(`${path} is not built: run \`npm run build\` first`);
  }
  return size;
}
