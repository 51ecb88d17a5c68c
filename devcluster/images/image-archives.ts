import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { ARCHIVES, buildah } from './containers.ts';

/** Exports images of the store for a node. Returns the paths of the archives, which stay until the images change. */
export async function exportImages(names: readonly string[], onProgress: Progress): Promise<string[]> {
  await mkdir(ARCHIVES, { recursive: true });
  const archives: string[] = [];
  for (const name of names) {
    archives.push(await exportImage(name, onProgress));
  }
  return archives;
}

async function exportImage(name: string, onProgress: Progress): Promise<string> {
  const id = await buildah('inspect', '--type=image', '--format={{.FromImageID}}', name);
  const prefix = `${name.replaceAll(/[^\w.-]/g, '_')}@`;
  const archive = join(ARCHIVES, `${prefix}${id}.tar`);
  if (existsSync(archive)) {
    return archive;
  }

  onProgress(`exporting ${name}`);
  for (const file of await readdir(ARCHIVES)) {
    if (file.startsWith(prefix)) {
      await rm(join(ARCHIVES, file), { force: true });
    }
  }
  const unfinished = join(ARCHIVES, `.${process.pid}-${id}`);
  try {
    await buildah('push', '--quiet', name, `docker-archive:${unfinished}:${name}`);
    await rename(unfinished, archive);
  } finally {
    await rm(unfinished, { force: true });
  }
  return archive;
}
