import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PART_NAMES, PARTS } from './parts.ts';

const text = await readFile(join(import.meta.dirname, '../../CONTRIBUTING.md'), 'utf8');

test.each(PART_NAMES)('CONTRIBUTING.md has the test files, the needs and the time of the part %s', (name) => {
  const row = text.split('\n').find((line) => line.startsWith(`| \`*.${PARTS[name].suffix}.test.ts\` |`));
  expect(row).toMatch(new RegExp(`part \`${name}\``));
  expect(text).toMatch(new RegExp(`^\\|.*\`test:all -- [\\w ]*\\b${name}\\b.*\\|.* min`, 'm'));
});
