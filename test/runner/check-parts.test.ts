import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeLacks, findLacks, parseRequest } from './check-parts.ts';
import { PART_NAMES } from './parts.ts';

describe('npm run test:all', () => {
  test('takes all parts, or those that are named, in their own order', () => {
    expect(parseRequest([])).toEqual({ help: false, install: false, parts: PART_NAMES, files: [] });
    expect(parseRequest(['helm', 'shell', '--install']).parts).toEqual(['shell', 'helm']);
  });

  test('takes files beside a part', () => {
    expect(parseRequest(['node', 'test/e2e/manager.e2e.test.ts', 'job.e2e'])).toMatchObject({
      parts: ['node'],
      files: ['test/e2e/manager.e2e.test.ts', 'job.e2e'],
    });
  });

  test.each([
    [['nodes'], /no part nodes of the tests\. The parts are shell, python, /],
    [['--instal'], /no flag --instal\. See: npm run test:all -- --help/],
  ])('refuses %j', (args, message) => {
    expect(() => parseRequest(args)).toThrow(message);
  });

  test('knows what is missing of each part, and tells all of it at once', async () => {
    const path = await temporaryFolder();

    const lacks = await findLacks(['shell', 'npm', 'python'], path, async () => true);

    expect(lacks.map(({ part }) => part)).toEqual(['shell', 'python']);
    expect(
      describeLacks(lacks, true),
    ).toBe(`Nothing was run. This machine lacks what these parts need (shell, python):
  git
  shellcheck
  python3
  Go 1.26 or newer (https://go.dev/dl/)
  Python 3.10 or newer with venv and pip (python3, python3-venv)
As root, install it with:
  apt-get update && apt-get install --yes --no-install-recommends git python3 python3-venv shellcheck`);
  });

  test('needs Go for each part with a control plane, until that is built, and for a part that builds with Go', async () => {
    const withoutGo = `${process.env.PATH}`.replaceAll(/[^:]*go[^:]*/g, '');
    const lacksGo = (part: string) => ({ part, missing: [{ title: expect.stringMatching(/^Go /) }] });

    expect(await findLacks(['npm', 'shell'], withoutGo, async () => false)).toMatchObject([
      lacksGo('npm'),
      lacksGo('shell'),
    ]);
    expect(await findLacks(['npm', 'shell'], withoutGo, async () => true)).toMatchObject([lacksGo('shell')]);
  });

  test('runs nothing where something is missing', async () => {
    const command = [join(import.meta.dirname, 'test-all.ts'), 'shell', 'helm'];
    const PATH = await temporaryFolder();

    const run = promisify(execFile)(process.execPath, command, { env: { ...process.env, PATH } });

    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Nothing was run\. .* \(shell, helm\):.*shellcheck.*Go 1\.26/s),
    });
  });
});
