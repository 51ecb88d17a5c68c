import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** What a reader sees before the first section, on one line. */
async function topOf(file: string): Promise<string> {
  const [top = ''] = (await readFile(join(ROOT, file), 'utf8')).split('\n## ');
  return top.replace(/\s+/g, ' ');
}

describe.each(['README.md', 'docs/cloudify-manager.md'])('the top of %s says', (file) => {
  test('which Kubernetes refuses the nodes that the manager needs, and what lets it take them', async () => {
    expect(await topOf(file)).toMatch(
      /cgroup v1.* Kubernetes 1\.35 and later refuse .*`failCgroupV1: false`/,
    );
  });

  test('that the manager was never tried on the real image', async () => {
    expect(await topOf(file)).toMatch(/never been tried on Cloudify's real images?\b/);
  });

  test('that nothing is published', async () => {
    expect(await topOf(file)).toMatch(/Nothing is published yet|It is not published/);
  });
});
