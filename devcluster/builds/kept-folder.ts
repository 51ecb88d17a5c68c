import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A folder in the user's cache whose content takes long to create. It is created at the first use, and again if one of
 * the texts that it depends on changes.
 *
 * @param make fills the given folder, which moves into the cache when it is complete
 */
export async function keptFolder(
  name: string,
  dependsOn: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(dependsOn)).digest('hex').slice(0, 12);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk8s-multisite');
  const folder = join(cache, `${name}-${hash}`);
  if (await exists(folder)) {
    return folder;
  }
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(`${folder}-`);
  try {
    await make(made);
    await rename(made, folder).catch(async (error) => {
      // Another process was faster.
      if (!(await exists(folder))) {
        throw error;
      }
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
