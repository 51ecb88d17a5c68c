import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { type ServiceStatus, serveStatus } from '../../../runtime/serve/serve-status.ts';
import { unaborted } from '../../support/unaborted.ts';

const hide = (text: string) => text.replaceAll('secret', '(redacted)');

async function serve(status: Partial<ServiceStatus> = {}) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const port = await freePort();
  const whole = {
    whyNotStarted: () => undefined,
    whyNotReady: () => undefined,
    metrics: async () => 'a 1\n',
    ...status,
  };
  await serveStatus(whole, port, hide, ending.signal);
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { code: answer.status, text: await answer.text() };
  };
  return { get, port, end: () => ending.abort() };
}

test('a service that does its work is ready', async () => {
  const { get } = await serve();
  expect(await get('/healthz')).toEqual({ code: 200, text: 'ok\n' });
  expect(await get('/startupz')).toEqual({ code: 200, text: 'ok\n' });
  expect(await get('/readyz?verbose')).toEqual({ code: 200, text: 'ok\n' });
});

test('one that does not says why, without secrets', async () => {
  const { get } = await serve({ whyNotReady: () => 'the secret is void' });
  expect(await get('/readyz')).toEqual({ code: 503, text: 'the (redacted) is void\n' });
});

test('one that has not started says why, whether or not it is ready', async () => {
  const { get } = await serve({ whyNotStarted: () => 'it looks for a secret' });
  expect(await get('/startupz')).toEqual({ code: 503, text: 'it looks for a (redacted)\n' });
  expect((await get('/readyz')).code).toBe(200);
});

test('metrics have no secrets, and where they fail the service goes on', async () => {
  let fails = false;
  const metrics = async () => {
    if (fails) {
      throw new Error('broken');
    }
    return 'a{b="secret"} 1\n';
  };
  const { get } = await serve({ metrics });
  expect((await get('/metrics')).text).toBe('a{b="(redacted)"} 1\n');
  fails = true;
  expect((await get('/metrics')).code).toBe(500);
  expect((await get('/healthz')).code).toBe(200);
});

test('nothing is served once the signal is aborted', async () => {
  const { get, end } = await serve();
  await get('/healthz');
  end();
  await expect(get('/healthz')).rejects.toThrow();
});

test('a port that is taken is an error that says so', async () => {
  const { port } = await serve();
  const status = { whyNotStarted: () => undefined, whyNotReady: () => undefined, metrics: async () => '' };
  await expect(serveStatus(status, port, hide, unaborted)).rejects.toMatchObject({
    name: 'PortError',
    message: `cannot listen on port ${port} (EADDRINUSE)`,
  });
});
