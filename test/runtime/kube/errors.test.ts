import { expect, test } from 'vitest';
import { ApiError } from '../../../runtime/kube/errors.ts';

function retryAfterMs(retryAfterSeconds: unknown, header = 0): number {
  const details = { retryAfterSeconds } as { retryAfterSeconds: number };
  const status = { reason: undefined, message: '', details };
  return new ApiError({ name: 'GET /a', action: undefined }, 429, status, header).retryAfterMs;
}

test('the longer wait counts, of header and Status', () => {
  expect(retryAfterMs(3)).toBe(3000);
  expect(retryAfterMs(3, 5000)).toBe(5000);
});

test.each(['soon', {}, null])('a Status that asks to wait for %j asks for nothing', (seconds) => {
  expect(retryAfterMs(seconds)).toBe(0);
});
