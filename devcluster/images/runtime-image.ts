import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBaseImages } from './base-images.ts';
import { bud } from './containers.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Builds the repository's Dockerfile on our base images. The image gets the given name. */
export async function buildImage(name: string): Promise<void> {
  await ensureBaseImages(await readFile(join(ROOT, 'Dockerfile'), 'utf8'));
  await bud(`--tag=${name}`, ROOT);
}
