import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CHARTS } from '../../helm/copy-charts.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = join(import.meta.dirname, '../../helm/main.ts');

function run(...args: string[]) {
  return promisify(execFile)(process.execPath, [MAIN, ...args]);
}

test('says what it wrote, and how to install it', async () => {
  const folder = await temporaryFolder();
  const { stdout } = await run('--output', folder);
  for (const name of CHARTS) {
    const chart = join(folder, name);
    expect(stdout).toMatch(new RegExp(`^${chart}: chart ${name} ${packageJson.version}, \\d\\d files$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^  helm install \\S+ ${chart} `, 'm'));
  }
});

test('helps, and refuses what it does not know', async () => {
  expect((await run('--help')).stdout).toMatch(/^npm run helm - /);
  await expect(run('--bogus')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--bogus') });
});
