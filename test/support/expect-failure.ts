import { expect } from 'vitest';
import type { Ended } from './multisite-init.ts';

/** The failure, told on stderr and in the termination message alike: its cause and its hint, a line each. */
export function expectFailure(ended: Ended, exitCode: number, message: RegExp): void {
  expect(ended).toMatchObject({ exitCode, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.termination).toMatch(message);
  expect(ended.termination.trim().split('\n')).toHaveLength(2);
}
