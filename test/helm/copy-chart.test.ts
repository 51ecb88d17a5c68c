import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyChart } from '../../helm/copy-chart.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CHART = join(import.meta.dirname, '../../helm/chart');

test('copies every file of the chart', async () => {
  const folder = join(await temporaryFolder(), 'packages/cm');

  const files = await copyChart(folder);

  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const copied = entries.filter((entry) => entry.isFile());
  expect(copied.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Chart.yaml', 'values.yaml', 'values.schema.json', 'README.md', '.helmignore']),
  );
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
    (await readdir(CHART, { recursive: true })).toSorted(),
  );
  expect(files).toBe(copied.length);
  expect(await readFile(join(folder, 'Chart.yaml'))).toEqual(await readFile(join(CHART, 'Chart.yaml')));
});

test('leaves nothing of the chart that was there before', async () => {
  const folder = await temporaryFolder();
  await copyChart(folder);
  await writeFile(join(folder, 'templates/old.yaml'), '');

  await copyChart(folder);

  expect(await readdir(join(folder, 'templates'))).not.toContain('old.yaml');
});

test('refuses a folder with something else, and leaves it as it is', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'precious'));
  const refused = copyChart(folder);
  await expect(refused).rejects.toMatchObject({ exitCode: 2 });
  await expect(refused).rejects.toThrow(
    `${folder} does not hold the chart cloudify-manager, but other files`,
  );

  await writeFile(join(folder, 'Chart.yaml'), 'name: another\n');
  await expect(copyChart(folder)).rejects.toMatchObject({ exitCode: 2 });

  expect((await readdir(folder)).toSorted()).toEqual(['Chart.yaml', 'precious']);
});

test('refuses the chart itself, by whatever path, and leaves it as it is', async () => {
  const link = join(await temporaryFolder(), 'link');
  await symlink(CHART, link);

  await expect(copyChart(link)).rejects.toThrow(`${link} is the chart itself`);

  expect(await readdir(CHART)).toContain('Chart.yaml');
});

test('refuses a file', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(copyChart(file)).rejects.toThrow(`${file} is a file`);
});
