import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../helm/command-line.ts';
import { writeChart } from '../../helm/write-chart.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CHART = { metadata: { name: 'cm' }, templates: new Map([['components/role.yaml', 'kind: Role\n']]) };

test('writes what is in the sources, Chart.yaml and the templates', async () => {
  const folder = join(await temporaryFolder(), 'packages/cm');

  const files = await writeChart(folder, CHART);

  const names = await readdir(folder, { recursive: true });
  expect(names).toEqual(
    expect.arrayContaining(['Chart.yaml', 'values.yaml', 'values.schema.json', 'README.md', '.helmignore']),
  );
  expect(names).toEqual(expect.arrayContaining(['templates/NOTES.txt', 'templates/components/role.yaml']));
  expect(files).toBe(names.filter((name) => !['templates', 'templates/components'].includes(name)).length);
  expect(await readFile(join(folder, 'Chart.yaml'), 'utf8')).toBe('name: cm\n');
});

test('leaves nothing of the chart that was there before', async () => {
  const folder = await temporaryFolder();
  await writeChart(folder, { ...CHART, templates: new Map([['old.yaml', '']]) });

  await writeChart(folder, CHART);

  expect(await readdir(join(folder, 'templates'))).not.toContain('old.yaml');
});

test('refuses a folder with something else, and leaves it as it is', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'precious'));
  const refused = writeChart(folder, CHART);
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    `${folder} holds something else than the chart cm: name another folder`,
  );

  await writeFile(join(folder, 'Chart.yaml'), 'name: another\n');
  await expect(writeChart(folder, CHART)).rejects.toThrow(UsageError);

  expect((await readdir(folder)).toSorted()).toEqual(['Chart.yaml', 'precious']);
});

test('refuses a file', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(writeChart(file, CHART)).rejects.toThrow(`${file} is a file: name a folder`);
});
