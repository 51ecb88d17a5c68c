import { expect, test } from 'vitest';
import { DeadlineError } from '../../../runtime/async/deadline.ts';
import { createTransport } from '../../../runtime/kube/transport.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const REQUEST = { method: 'GET', path: '/version', action: undefined } as const;

/** A connection that never comes, under a deadline of two seconds whose timer is so late. */
async function waitInVain(lateMs: number): Promise<unknown> {
  const clock = virtualClock();
  const all = new AbortController();
  const transport = createTransport(() => new Promise(() => {}), 'test', clock);
  const failed = transport.send(REQUEST, all.signal).catch((error: Error) => error.message);
  await clock.pass(2000 + lateMs);
  all.abort(new DeadlineError(2000));
  return failed;
}

test.each([0, 120])(
  'a request has no more than the time of all, although its timer is %d ms late',
  async (late) => {
    expect(await waitInVain(late)).toBe('GET /version: the kubeconfig gave no credential within 2 s');
  },
);

test('a request has ten seconds', async () => {
  const clock = virtualClock();
  const transport = createTransport(() => new Promise(() => {}), 'test', clock);
  const failed = transport.send(REQUEST, new AbortController().signal).catch((error: Error) => error.message);
  await clock.pass(10_000);
  expect(await failed).toMatch(/within 10 s$/);
});
