import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Lets a folder have this package installed, what that asks for, and another cdk8s-plus, as somebody else's project does. */
export async function installInto(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'cdk8s-plus-34', 'constructs']) {
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await symlink(ROOT, join(modules, 'cdk8s-multisite'));
}
