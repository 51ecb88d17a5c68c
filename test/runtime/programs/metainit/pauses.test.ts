import { expect, test } from 'vitest';
import { Pauses } from '../../../../runtime/programs/metainit/pauses.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function start(random = 0.5) {
  const clock = virtualClock(random);
  return { clock, pauses: new Pauses(clock) };
}

test('without a failure nobody waits', () => {
  const { pauses } = start();
  expect(pauses.waitFor('apps')).toBe(0);
  expect(pauses.waitFor('apps')).toBe(0);
});

test('after a failure all requests of the namespace wait, and of no other', () => {
  const { pauses } = start();
  expect(pauses.failed('apps', 0)).toBe(true);
  expect(pauses.waitFor('apps')).toBe(500);
  expect(pauses.waitFor('else')).toBe(0);
});

test('requests that went before the pause make it no longer', () => {
  const { pauses } = start();
  pauses.failed('apps', 0);
  expect(pauses.failed('apps', 0)).toBe(false);
  expect(pauses.waitFor('apps')).toBe(500);
});

test('then one goes first, and the next pause is longer if it fails', async () => {
  const { clock, pauses } = start(0.999);
  const waits: number[] = [];
  pauses.failed('apps', 0);
  for (let count = 0; count < 7; count += 1) {
    const wait = pauses.waitFor('apps');
    waits.push(Math.round(wait / 1000));
    await clock.pass(wait);
    expect(pauses.waitFor('apps')).toBe(0);
    expect(pauses.waitFor('apps')).toBe(1000);
    expect(pauses.failed('apps', 0)).toBe(true);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

test('all go when it succeeds', async () => {
  const { clock, pauses } = start();
  pauses.failed('apps', 0);
  await clock.pass(500);
  pauses.waitFor('apps');
  expect(pauses.has('apps')).toBe(true);
  expect(pauses.succeeded('apps')).toBe(true);
  expect(pauses.has('apps')).toBe(false);
  expect(pauses.succeeded('apps')).toBe(false);
  expect(pauses.waitFor('apps')).toBe(0);
  expect(pauses.waitFor('apps')).toBe(0);
  pauses.failed('apps', 0);
  expect(pauses.waitFor('apps')).toBe(500);
});

test('a pause is no shorter than the server asks for', () => {
  const { pauses } = start();
  pauses.failed('apps', 7000);
  expect(pauses.waitFor('apps')).toBe(7000);
});
