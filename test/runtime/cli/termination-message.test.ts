import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { writeTerminationMessage } from '../../../runtime/cli/termination-message.ts';

let path: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'termination-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, 'termination-log');
});

test('replaces what an earlier run of the container left', () => {
  writeFileSync(path, 'an earlier and longer message');
  writeTerminationMessage({ TERMINATION_MESSAGE_PATH: path }, 'cause\nhint\n');
  expect(readFileSync(path, 'utf8')).toBe('cause\nhint\n');
});

test('creates no file where no kubelet made one', () => {
  writeTerminationMessage({ TERMINATION_MESSAGE_PATH: path }, 'cause');
  expect(existsSync(path)).toBe(false);
});

test('cuts at 4096 bytes, and never a character in two', () => {
  writeFileSync(path, '');
  writeTerminationMessage({ TERMINATION_MESSAGE_PATH: path }, `${'a'.repeat(4095)}ü${'b'.repeat(100)}`);
  expect(readFileSync(path, 'utf8')).toBe('a'.repeat(4095));
});
