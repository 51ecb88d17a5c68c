import { describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../../devcluster/control-plane/kube-apiserver.ts';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { tokenIn } from '../../../support/accounts.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES, runMultisiteInit } from '../../../support/multisite-init.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { watchableSite } from '../../../support/watchable-site.ts';

/** Nobody listens there. */
const PROXY = { HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' };

describe.each(ENGINE_NAMES)('multisite-init --until-written on %s', (engine) => {
  test('waits for the one with --watch, from before it listens until it has written, whatever proxies are told', async () => {
    const site = await watchableSite();
    const port = await freePort();
    let ended = false;
    const waiting = runMultisiteInit(engine, [`--until-written=${port}`], PROXY).finally(() => {
      ended = true;
    });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const proxy = await startFaultProxy((method) => ({
      kind: 'pass',
      before: () => (method === 'PATCH' ? released : Promise.resolve()),
    }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const refresher = await startRefresher(engine, site, [], proxy.env, port);
    const patches = () => proxy.requests.filter((request) => request.startsWith('PATCH'));
    await vi.waitFor(() => expect(patches()).toHaveLength(1), { timeout: 40_000, interval: 20 });
    expect((await refresher.get('/startupz')).status).toBe(503);
    expect(ended).toBe(false);
    release();
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: '', stderr: '', termination: '' });
    expect(await tokenIn(site)).toBe(site.token);
  });

  test('does not wait for a token that the server takes: an init container would not, either', async () => {
    const site = await watchableSite();
    const port = await freePort();
    const refused = { kind: 'answer', status: 401, body: '{}' } as const;
    const proxy = await startFaultProxy((method) => (method === 'POST' ? refused : { kind: 'pass' }));
    await writeServiceAccount(site.directory, site.token, proxy.ca);
    const refresher = await startRefresher(engine, site, [], proxy.env, port);
    expect(await runMultisiteInit(engine, [`--until-written=${port}`])).toMatchObject({ exitCode: 0 });
    expect((await refresher.get('/startupz')).status).toBe(200);
    expect(await refresher.isReady()).toBe(false);
  });

  test.each([
    [['--until-written=0'], '--until-written'],
    [['--until-written=9779', '--watch'], '--until-written and --watch exclude each other'],
  ])('refuses %j', async (args, said) => {
    const ended = await runMultisiteInit(engine, args);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain(said);
  });
});
