import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../packages/root.ts';
import { run } from '../packages/run.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WORKFLOW = join(ROOT, '.github/workflows/ci.yml');

/** Go builds actionlint first. */
const TIMEOUT_MS = 300_000;

/** @throws with what actionlint, and for `run:` shellcheck, finds in a workflow */
async function actionlint(file: string): Promise<void> {
  await run('go', ['tool', 'actionlint', '-no-color', file], {
    cwd: import.meta.dirname,
    env: { GOWORK: 'off' },
    install: 'Go 1.26 or newer',
  });
}

test('actionlint accepts the workflow', () => actionlint(WORKFLOW), TIMEOUT_MS);

test.each([
  ['a job that does not exist', 'needs: programs', 'needs: program', '[job-needs]'],
  ['a variable of no matrix', 'matrix.part }}', 'matrix.parts }}', '[expression]'],
  ['a script that shellcheck refuses', '-- "$PART"', '-- $PART', 'SC2086'],
])(
  'actionlint refuses %s',
  async (_, text, broken, finding) => {
    const file = join(await temporaryFolder(), 'ci.yml');
    await writeFile(file, (await readFile(WORKFLOW, 'utf8')).replaceAll(text, broken));

    await expect(actionlint(file)).rejects.toThrow(finding);
  },
  TIMEOUT_MS,
);
