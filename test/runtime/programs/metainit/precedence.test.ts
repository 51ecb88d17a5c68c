import { expect, test } from 'vitest';
import { Precedence } from '../../../../runtime/programs/metainit/precedence.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function start(random = 0.5) {
  const clock = virtualClock(random);
  return { clock, precedence: new Precedence(clock) };
}

/** It released a pod, and nobody else did. */
function release(precedence: Precedence, begun: number): boolean {
  precedence.begin();
  return precedence.released(begun);
}

test('at the start one pod is released at once, and the others wait for what comes of it', () => {
  const { clock, precedence } = start();
  const now = clock.now();
  expect(precedence.waitFor(now)).toBe(0);
  precedence.begin();
  expect(precedence.waitFor(now)).toBe(1000);
  expect(precedence.released(now)).toBe(true);
  expect(precedence.waitFor(now)).toBe(0);
  precedence.begin();
  expect(precedence.waitFor(now)).toBe(0);
  expect(precedence.released(now)).toBe(false);
});

test('if that comes to nothing, the next pod is tried', () => {
  const { clock, precedence } = start();
  precedence.begin();
  precedence.failed();
  expect(precedence.waitFor(clock.now())).toBe(0);
});

test.each([
  [0, 500],
  [0.5, 750],
  [0.999, 999.5],
])('after a release by another replica it waits for a random time (%s)', (random, ms) => {
  const { clock, precedence } = start(random);
  release(precedence, clock.now());
  precedence.otherReleased();
  expect(precedence.waitFor(clock.now())).toBe(ms);
});

test('it waits again after each release by another, but for no pod longer than 5 s', async () => {
  const { clock, precedence } = start();
  const seenAt = clock.now();
  for (let count = 0; count < 12; count += 1) {
    precedence.otherReleased();
    expect(precedence.waitFor(seenAt)).toBe(Math.min(750, 5000 - count * 400));
    expect(precedence.waitFor(clock.now())).toBe(750);
    await clock.pass(400);
  }
  await clock.pass(200);
  expect(precedence.waitFor(seenAt)).toBe(0);
  expect(precedence.waitFor(clock.now())).toBe(750);
});

test('it goes first again once it has released a pod after its wait', async () => {
  const { clock, precedence } = start();
  precedence.otherReleased();
  const seenAt = clock.now();
  await clock.pass(750);
  expect(precedence.waitFor(seenAt)).toBe(0);
  expect(precedence.waitFor(clock.now())).toBe(750);
  expect(release(precedence, clock.now())).toBe(true);
  expect(precedence.waitFor(clock.now())).toBe(0);
});

test('what it began before another replica released a pod does not make it go first', async () => {
  const { clock, precedence } = start();
  const begun = clock.now();
  precedence.begin();
  await clock.pass(10);
  precedence.otherReleased();
  expect(precedence.released(begun)).toBe(false);
  expect(precedence.waitFor(clock.now())).toBe(750);
});
