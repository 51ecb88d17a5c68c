import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { howToInstall } from '../../devcluster/requirements.ts';
import { ROOT } from '../packages/root.ts';
import { run } from '../packages/run.ts';
import { testBats } from './bats.ts';
import { batsFiles, repositoryFiles } from './repository-files.ts';

const files = await repositoryFiles();
const suites = await batsFiles(false);
const scripts = await shellScripts();

async function shellScripts(): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    if (await isShellScript(file)) {
      found.push(file);
    }
  }
  return found;
}

async function isShellScript(file: string): Promise<boolean> {
  if (extname(basename(file)) !== '') {
    return /\.(sh|bash|bats)$/.test(file);
  }
  return /^#!.*\b(ba)?sh\n/.test(await readFile(join(ROOT, file), 'utf8').catch(() => ''));
}

describe('the tests of the scripts', () => {
  test('are found', () => {
    expect(suites).toContain('test/cloudify-manager/setup-secret.bats');
  });

  testBats(suites, 60_000);
});

describe('shellcheck accepts', () => {
  test('more than one script', () => {
    expect(scripts).toEqual(expect.arrayContaining(['.ci/run', 'cloudify-manager/scripts/setup-secret.sh']));
  });

  test.each(scripts)('%s', async (file) => {
    // A test of bats runs in a subshell, which shellcheck takes for a mistake (SC2030, SC2031).
    const exclude = file.endsWith('.bats') ? ['--exclude=SC2030,SC2031'] : [];
    const flags = ['--external-sources', '--source-path=SCRIPTDIR', ...exclude];
    await run('shellcheck', [...flags, file], { cwd: ROOT, install: howToInstall('shellcheck') });
  });
});
