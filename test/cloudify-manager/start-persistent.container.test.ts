import { expect, test } from 'vitest';
import { testBats } from './bats.ts';
import { batsFiles } from './repository-files.ts';

/** SIGKILL twenty times, each with a copy to the disk before and after. */
const TIMEOUT_MS = 600_000;

const files = await batsFiles(true);

test('the tests of start-persistent.sh are found', () => {
  expect(files).toContain('test/cloudify-manager/start-persistent.container.bats');
});

testBats(files, TIMEOUT_MS);
