import { spawn } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followProcess } from '../support/follow-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODULES = join(import.meta.dirname, '../../node_modules');
const REPORTER = join(import.meta.dirname, 'reporter.ts');
const PATIENCE = { timeout: 120_000 };

/** Runs Vitest with our reporter in a folder with these test files, one after the other. */
async function runVitest(files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  await symlink(MODULES, join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
  }
  const flags = ['--reporter=default', `--reporter=${REPORTER}`, '--maxWorkers=1'];
  const args = [join(MODULES, 'vitest/vitest.mjs'), 'run', ...flags];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, ...followProcess(child) };
}

test('a file that cannot run says why at once', PATIENCE, async () => {
  const { ended } = await runVitest({
    'a.test.ts': `import { beforeAll, test } from 'vitest';
      beforeAll(() => { throw new Error('there is no go on the PATH'); });
      test('needs it', () => {});`,
  });

  expect(await ended).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('a.test.ts cannot run: there is no go on the PATH\n'),
  });
});

test('an interruption ends the run with a summary of what was found', PATIENCE, async () => {
  const { child, said, ended } = await runVitest({
    'a.test.ts': `import { expect, test } from 'vitest';
      test('fails', () => expect(1).toBe(2));
      test('runs', () => {
        process.stderr.write('it runs\\n');
        return new Promise(() => {});
      });`,
    'b.test.ts': `import { test } from 'vitest'; test('later', () => {});`,
  });
  await said(/it runs/);

  child.kill('SIGINT');

  const { exitCode, stdout } = await ended;
  expect(exitCode).not.toBe(0);
  expect(stdout).toMatch(/× fails .*Tests +1 failed \| 1 skipped/s);
});
