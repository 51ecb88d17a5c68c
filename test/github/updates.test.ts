import { glob, readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import renovate from '../../.github/renovate.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '../..');

/** Where Renovate finds versions, by its manager. */
const MANIFESTS: Readonly<Record<string, string>> = {
  dockerfile: '**/Dockerfile',
  'github-actions': '.github/workflows/*.yml',
  gomod: '**/go.mod',
  maven: '**/pom.xml',
  npm: '**/package.json',
  pip_requirements: '**/*requirements*.txt',
};

/** The manifests of a manager. `npm ci` and `npm run package` write others. */
async function manifestsOf(manager: string): Promise<string[]> {
  const files: string[] = [];
  const exclude = ['**/node_modules', 'packages'];
  for await (const file of glob(MANIFESTS[manager] ?? '', { cwd: ROOT, exclude })) {
    files.push(file);
  }
  return files;
}

test('Renovate looks for every kind of manifest', () => {
  expect(renovate.enabledManagers).toEqual(Object.keys(MANIFESTS));
});

test.each(Object.keys(MANIFESTS))('Renovate leaves out no manifest of %s', async (manager) => {
  const manifests = await manifestsOf(manager);
  expect(manifests).not.toEqual([]);
  const ignored = manifests.filter((file) =>
    renovate.ignorePaths.some((pattern) => matchesGlob(file, pattern)),
  );
  expect(ignored).toEqual([]);
});

test('each rule for files is about a manifest', async () => {
  const manifests = (await Promise.all(Object.keys(MANIFESTS).map(manifestsOf))).flat();
  for (const pattern of renovate.packageRules.flatMap((rule) => rule.matchFileNames ?? [])) {
    expect([pattern, manifests.some((file) => matchesGlob(file, pattern))]).toEqual([pattern, true]);
  }
});

test('each rule for a package is about one that a manifest names', async () => {
  const manifests = (await Promise.all(Object.keys(MANIFESTS).map(manifestsOf))).flat();
  const texts = await Promise.all(manifests.map((file) => readFile(join(ROOT, file), 'utf8')));
  for (const name of renovate.packageRules.flatMap((rule) => rule.matchPackageNames ?? [])) {
    const part = name.replace(/\*+$/, '').replace(/^.*:/, '');
    expect([name, texts.some((text) => text.includes(part))]).toEqual([name, true]);
  }
});
