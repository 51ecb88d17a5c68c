import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { unpackDebianPackages } from './base-images.ts';
import { bud, imageExists } from './containers.ts';

/** An image of one static program. */
interface ScratchImage {
  readonly debianPackage: string;
  /** The program in that package. */
  readonly file: string;
  /** The lines after FROM. The program is in the build context. */
  readonly dockerfile: readonly string[];
}

/** Creates an image with the name of a public image, unless it is in the store. Returns the name. */
export async function ensureScratchImage(
  name: string,
  { debianPackage, file, dockerfile }: ScratchImage,
): Promise<string> {
  if (await imageExists(name)) {
    return name;
  }
  const folder = await mkdtemp(join(tmpdir(), 'scratch-image-'));
  try {
    await unpackDebianPackages([debianPackage], folder, join(folder, 'root'));
    await copyFile(join(folder, 'root', file), join(folder, basename(file)));
    await writeFile(join(folder, 'Dockerfile'), ['FROM scratch', ...dockerfile, ''].join('\n'));
    await writeFile(join(folder, '.dockerignore'), 'root\ndebs\n');
    await bud(`--tag=${name}`, folder);
    return name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
