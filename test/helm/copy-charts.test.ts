import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHARTS, copyCharts } from '../../helm/copy-charts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../../helm');

test('knows each chart', async () => {
  const entries = await readdir(ROOT, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...CHARTS].toSorted()).toEqual(folders.toSorted());
});

describe.each(CHARTS)('the chart %s', (name) => {
  const chart = join(ROOT, name);

  test('is copied with every file', async () => {
    const output = join(await temporaryFolder(), 'packages/helm');
    const folder = join(output, name);

    const copies = await copyCharts(output);

    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const copied = entries.filter((entry) => entry.isFile());
    expect(copied.map((entry) => entry.name)).toEqual(
      expect.arrayContaining(['Chart.yaml', 'values.yaml', 'values.schema.json', 'README.md', '.helmignore']),
    );
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
      (await readdir(chart, { recursive: true })).toSorted(),
    );
    expect(copies).toContainEqual({ name, folder, files: copied.length });
    expect(await readFile(join(folder, 'Chart.yaml'))).toEqual(await readFile(join(chart, 'Chart.yaml')));
  });

  test('leaves nothing of the copy that was there before', async () => {
    const output = await temporaryFolder();
    await copyCharts(output);
    await writeFile(join(output, name, 'templates/old.yaml'), '');

    await copyCharts(output);

    expect(await readdir(join(output, name, 'templates'))).not.toContain('old.yaml');
  });

  test('replaces nothing else, and then no chart is copied', async () => {
    const output = await temporaryFolder();
    await mkdir(join(output, name, 'precious'), { recursive: true });
    const refused = copyCharts(output);
    await expect(refused).rejects.toMatchObject({ exitCode: 2 });
    await expect(refused).rejects.toThrow(
      `${join(output, name)} does not hold the chart ${name}, but other files`,
    );

    await writeFile(join(output, name, 'Chart.yaml'), 'name: another\n');
    await expect(copyCharts(output)).rejects.toMatchObject({ exitCode: 2 });

    expect(await readdir(output)).toEqual([name]);
    expect((await readdir(join(output, name))).toSorted()).toEqual(['Chart.yaml', 'precious']);
  });

  test('is not copied to itself, by whatever path, and stays as it is', async () => {
    const output = await temporaryFolder();
    await symlink(chart, join(output, name));

    await expect(copyCharts(output)).rejects.toThrow(`${join(output, name)} is the chart itself`);

    expect(await readdir(chart)).toContain('Chart.yaml');
  });

  test('is not copied to a file, nor into a file', async () => {
    const output = await temporaryFolder();
    const file = join(output, name);
    await writeFile(file, '');
    for (const folder of [output, file]) {
      await expect(copyCharts(folder)).rejects.toThrow(/ is a file, or in a file$/);
    }
  });
});
