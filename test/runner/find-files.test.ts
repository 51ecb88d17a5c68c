import { expect, test } from 'vitest';
import { filtersWithoutFile } from './find-files.ts';

test('a filter that is in no path of a test file is found', async () => {
  const filters = ['test/runner', import.meta.filename, 'retry.test', 'test/runer'];
  expect(await filtersWithoutFile(filters)).toEqual(['test/runer']);
});
