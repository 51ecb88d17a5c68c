import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RELEASES } from '../../devcluster/builds/kubernetes-releases.ts';

const ROOT = join(import.meta.dirname, '../..');

const minors = Object.fromEntries(
  Object.entries(RELEASES).map(([name, { version }]) => [name, version.split('.').slice(0, 2).join('.')]),
);

/** That the program works on them is tested by test/runtime/programs/multisite-init/main-job.releases.test.ts. */
test.each(['README.md', 'CHANGELOG.md'])('%s names the Kubernetes versions that are tested', async (file) => {
  const text = (await readFile(join(ROOT, file), 'utf8')).replace(/\s+/g, ' ');
  expect(text).toContain(`Kubernetes ${minors.oldest} to ${minors.newest}`);
  if (file === 'README.md') {
    expect(text).toContain(`an API server and a node of ${minors.main}.`);
  }
});
