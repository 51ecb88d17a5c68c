import { expect, test, vi } from 'vitest';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount, recreateAccount, tokenIn, touch } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES, type Engine } from '../../../support/multisite-init.ts';
import { startRefresher } from '../../../support/refresher.ts';
import type { Site } from '../../../support/site.ts';
import { watchableSite } from '../../../support/watchable-site.ts';

const ACCOUNT = 'deployer';
const REQUESTED = ['--token-source=request', `--service-account=${ACCOUNT}`];

const until = (condition: () => Promise<void>, timeout = 60_000) =>
  vi.waitFor(condition, { timeout, interval: 50 });

/** A site with a second ServiceAccount, whose tokens the pod may request. */
async function siteWithAccount(): Promise<Site> {
  const site = await watchableSite();
  await createAccount(site, ACCOUNT);
  await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
  return site;
}

interface Shortened extends FaultProxy {
  /** When each token was asked for, in milliseconds. */
  readonly asked: readonly number[];
}

/**
 * The API server grants no less than ten minutes: what is between makes that `seconds`.
 *
 * @param fault what happens to the nth request for a token instead
 */
async function startShortening(
  site: Site,
  seconds: number,
  fault: (nth: number) => Fault | undefined = () => undefined,
): Promise<Shortened> {
  const asked: number[] = [];
  const shorten = (text: string) => {
    const answer = JSON.parse(text);
    const issued = Date.parse(answer.metadata.creationTimestamp);
    answer.status.expirationTimestamp = new Date(issued + seconds * 1000).toISOString();
    return JSON.stringify(answer);
  };
  const proxy = await startFaultProxy((_, __, url) => {
    if (!url.endsWith('/token')) {
      return { kind: 'pass' };
    }
    asked.push(performance.now());
    return fault(asked.length) ?? { kind: 'rewrite', answer: shorten };
  });
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  // Not a copy: the numbers go on growing.
  return Object.assign(proxy, { asked });
}

/** These take as long as a token lives: the engines go side by side. */
const onEachEngine = (scenario: (engine: Engine) => Promise<void>) => async () => {
  await Promise.all(ENGINE_NAMES.map(scenario));
};

test(
  'a token is renewed at 80 % of the life that was granted, whatever was asked for',
  onEachEngine(async (engine) => {
    const site = await siteWithAccount();
    const proxy = await startShortening(site, 12);
    const refresher = await startRefresher(engine, site, [...REQUESTED, '--expiration=24h'], proxy.env);
    await refresher.said(/^wrote/);
    const first = await tokenIn(site);
    await until(async () => expect(await tokenIn(site)).not.toBe(first));
    const [one = 0, two = 0] = proxy.asked;
    // The issue time is in whole seconds, so that up to one of them was over already.
    expect((two - one) / 12_000).toBeGreaterThan(0.75 - 1 / 12 - 0.01);
    expect((two - one) / 12_000).toBeLessThan(0.9);
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
  }),
);

test(
  'a life of nothing makes no hot loop',
  onEachEngine(async (engine) => {
    const site = await siteWithAccount();
    const proxy = await startShortening(site, 0.5);
    await startRefresher(engine, site, REQUESTED, proxy.env);
    await until(async () => expect(proxy.asked.length).toBe(3));
    const [one = 0, two = 0, three = 0] = proxy.asked;
    expect(Math.min(two - one, three - two)).toBeGreaterThan(4900);
  }),
);

test(
  'two replicas use one token, and never fight over the entry',
  onEachEngine(async (engine) => {
    const site = await siteWithAccount();
    const one = await startRefresher(engine, site, REQUESTED);
    await one.said(/^wrote/);
    const token = await tokenIn(site);
    const two = await startRefresher(engine, site, REQUESTED);
    await two.said(/^nothing to do/);
    for (const value of ['1', '2', '3']) {
      const looks = await Promise.all(
        [one, two].map((each) => each.metric('last_success_timestamp_seconds')),
      );
      await touch(site, value);
      await until(async () => {
        for (const [i, each] of [one, two].entries()) {
          expect(await each.metric('last_success_timestamp_seconds')).toBeGreaterThan(looks[i] ?? 0);
        }
      });
    }
    expect(await tokenIn(site)).toBe(token);
    expect([await one.metric('writes_total'), await two.metric('writes_total')]).toEqual([1, 0]);
    // The survivor mends what the other had written.
    await one.stop();
    await site.setDocument('');
    await until(async () => expect(await tokenIn(site)).toBeDefined());
    await until(async () => expect(await two.metric('writes_total')).toBe(1));
  }),
);

test(
  'when no token is to be had it says so, and keeps trying',
  onEachEngine(async (engine) => {
    const site = await siteWithAccount();
    let refuses = true;
    const proxy = await startShortening(site, 6, (nth) =>
      nth > 1 && refuses ? { kind: 'answer', status: 500, body: '{"message": "no keys"}' } : undefined,
    );
    const refresher = await startRefresher(engine, site, [...REQUESTED, '--timeout=1s'], proxy.env);
    await refresher.said(/^wrote/);
    const first = await tokenIn(site);
    await until(async () => expect((await refresher.get('/readyz')).text).toContain('500: no keys'));
    expect(await refresher.metric('failures_total')).toBeGreaterThan(0);
    expect(await tokenIn(site)).toBe(first);
    refuses = false;
    await until(async () => expect(await tokenIn(site)).not.toBe(first));
    await until(async () => expect(await refresher.isReady()).toBe(true));
  }),
);

test(
  'a token that is revoked is replaced within a minute or so, although nothing tells of it',
  onEachEngine(async (engine) => {
    const site = await siteWithAccount();
    const refresher = await startRefresher(engine, site, REQUESTED);
    await refresher.said(/^wrote/);
    const revoked = await tokenIn(site);
    await recreateAccount(site, ACCOUNT);
    await until(async () => expect(await tokenIn(site)).not.toBe(revoked), 100_000);
    await until(async () => expect(await refresher.metric('writes_total')).toBe(2));
  }),
);
