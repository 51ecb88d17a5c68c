import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Documentation, Language } from 'jsii-docgen';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './root.ts';

/**
 * What jsii-docgen makes of the compiled constructs and the floor of what they ask for. In the project's own folder it
 * would take the newest constructs that any tool has brought, and tell of methods that the floor lacks.
 */
async function apiReference(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of Object.keys(packageJson.peerDependencies)) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, name));
  }
  const own = join(folder, packageJson.name);
  await mkdir(own);
  for (const file of ['.jsii', 'package.json']) {
    await symlink(join(ROOT, file), join(own, file));
  }
  const documentation = await Documentation.forAssembly(packageJson.name, folder);
  const markdown = await documentation.toMarkdown({ language: Language.TYPESCRIPT, allSubmodules: true });
  return markdown.render();
}

test('API.md tells of the constructs as they are (`npm run docs:api` writes it)', async () => {
  await expect(await apiReference()).toMatchFileSnapshot(join(ROOT, 'API.md'));
}, 30_000);
