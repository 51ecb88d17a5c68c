import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { bun } from '../../../runtime/bun.ts';
import { createSite } from '../../support/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SCRIPT = join(import.meta.dirname, 'fixtures/many-requests.ts');
const REQUESTS = 100_000;

test.each([
  ['Node', [process.execPath, '--expose-gc', SCRIPT]],
  ['Bun', [bun(), 'run', '--no-install', '--expose-gc', SCRIPT]],
])('%s keeps nothing of 100,000 requests', async (_, [command = '', ...args]) => {
  const { token } = await createSite();
  const { host, port, caFile } = inject('controlPlane');
  const tokenFile = join(await temporaryFolder(), 'token');
  await writeFile(tokenFile, token);
  const env = { PATH: process.env.PATH };
  const all = [...args, host, String(port), caFile, tokenFile, String(REQUESTS)];
  const { stdout } = await promisify(execFile)(command, all, { env });
  // A listener, a timer or a promise that stays behind takes more than that.
  expect(JSON.parse(stdout).bytesPerRequest).toBeLessThan(16);
});
