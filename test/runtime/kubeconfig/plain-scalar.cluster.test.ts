import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { readByGo } from '../../../runtime/kubeconfig/plain-scalar.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TEXTS = [
  ...['a', 'no', 'No', 'nO', 'y', 'on', 'Off', 'true', 'TRUE', 'tRUE', '~', 'null', 'NULL', 'nUll', 'NaN'],
  ...['0', '00', '1', '+1', '-0', '012', '-012', '08', '0o12', '0O17', '0o8', '0x1F', '0X1F', '-0x1f', '0x'],
  ...['0b11', '0B1', '-0b11', '0b-11', '0b+1', '-0b-1', '0b2', '0b', '1_000', '_1', '1__', '_', '0_', '0_8'],
  ...[
    '1.5',
    '.5',
    '._5',
    '-._5',
    '1.',
    '-.5',
    '+.5e2',
    '.5e3',
    '1e3',
    '1e',
    '1.e5',
    '.e5',
    '..5',
    '433e40',
    '1e400',
  ],
  ...['1_.5_0', '1_e_3', '18446744073709551615', '18446744073709551616', '-9223372036854775809'],
  ...['0xffffffffffffffffff', '12:30', '1:2.5', '2001-01-01', '2001-12-14t21:59:43.10-05:00', '1.2.3', '1-2'],
  ...['+', '.', '=', '<<', 'inf', 'Infinity', '-inf', 'https://192.0.2.1:6443'],
];

test('kubectl takes plain text for the same', async () => {
  const file = join(await temporaryFolder(), 'kubeconfig');
  const extension = TEXTS.map((text) => `    - ${text}\n`).join('');
  await writeFile(file, `extensions:\n- name: texts\n  extension:\n    texts:\n${extension}`);
  const { stdout } = await runKubectl(file, ['config', 'view', '--raw', '--output=json']);
  const read = JSON.parse(stdout);
  expect(TEXTS.map((text) => [text, readByGo(text)])).toEqual(
    TEXTS.map((text, i) => [text, read.extensions[0].extension.texts[i]]),
  );
});

test.each(['.nan', '.inf', '+.Inf', '-.INF'])('kubectl cannot read %s at all', async (text) => {
  const file = join(await temporaryFolder(), 'kubeconfig');
  await writeFile(file, `extensions: [{name: texts, extension: {text: ${text}}}]\n`);
  expect(await runKubectl(file, ['config', 'view'])).toMatchObject({ exitCode: 1 });
  expect(readByGo(text)).toBeUndefined();
});
