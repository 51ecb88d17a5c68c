import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** How each engine is made to load a file first. */
const PRELOAD = {
  node: (file: string) => ({ NODE_OPTIONS: `--require=${file}` }),
  bun: (file: string) => ({ BUN_OPTIONS: `--preload=${file}` }),
};

const THROWN = {
  'an error that nobody catches': (message: string) => `throw new Error(${message})`,
  'a rejection that nobody awaits': (message: string) => `void Promise.reject(new Error(${message}))`,
};

test.each(
  ENGINE_NAMES.flatMap((engine) =>
    (Object.keys(THROWN) as (keyof typeof THROWN)[]).map((what) => ({ engine, what })),
  ),
)('$what on $engine is told as any failure, without the token in it', async ({ engine, what }) => {
  const site = await createSite();
  const proxy = await startFaultProxy(() => ({ kind: 'stall' }));
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  const file = join(await temporaryFolder(), 'fail.cjs');
  const fail = THROWN[what](JSON.stringify(`out of luck with ${site.token}`));
  // Once the program has begun.
  await writeFile(
    file,
    `const timer = setInterval(() => {
      if (process.listenerCount('SIGTERM') === 0) return;
      clearInterval(timer);
      ${fail};
    }, 5);`,
  );
  const ended = await site.run(engine, [], { ...proxy.env, ...PRELOAD[engine](file) });
  expectFailure(ended, 1, /unexpected error: out of luck with \(redacted\)\n.*report it/);
  expect(ended.stderr).not.toContain(file);
});
