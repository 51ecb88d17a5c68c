import { expect, test } from 'vitest';
import { run } from './run.ts';

const install = 'Example 3: apt-get install example';

test('says what to install where a command is missing', async () => {
  await expect(run('no-such-example', [], { install })).rejects.toThrow(
    'no-such-example (Example 3: apt-get install example): it is not installed',
  );
});

test('tells what a command said that failed', async () => {
  await expect(run('ls', ['no-such-folder'], { install })).rejects.toThrow(
    /^ls .*no-such-folder.*No such file/s,
  );
});
