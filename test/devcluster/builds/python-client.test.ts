import { expect, test } from 'vitest';
import { pythonWithClient } from '../../../devcluster/builds/python-client.ts';

test('says what to install where there is no Python', async () => {
  await expect(pythonWithClient('no-such-python3')).rejects.toThrow(
    /needs Python 3\.10 or newer .*\(apt-get install python3 python3-venv\)\. `no-such-python3 .*` failed: it is not installed/,
  );
});

test('tells what Python said where it fails', async () => {
  await expect(pythonWithClient('false')).rejects.toThrow(/apt-get install python3/);
});
