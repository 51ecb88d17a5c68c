import { expect, test } from 'vitest';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { explainError } from '../../../runtime/kube/explain.ts';
import { proxiedConnection } from '../../../runtime/kube/proxy-agent.ts';

const server = { ...apiServerAt('192.0.2.1', 6443, ''), url: 'https://192.0.2.1:6443' };

test.each([
  'x',
  'hush:3128',
  'http://me:hush@:3128',
  'http://me:hush%zz@192.0.2.2',
  'ftp://me:hush@192.0.2.2',
])('a proxy that cannot be used is explained, and its URL is not repeated: %s', async (proxyUrl) => {
  const error = await proxiedConnection({ ...server, proxyUrl }, 'token')().catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'ProxyUrlError', retryWhen: 'never' });
  const { kind, message, hint } = explainError(error) ?? {};
  expect(kind).toBe('unreachable');
  expect(message).toBe(
    'the "proxy-url" of the cluster at https://192.0.2.1:6443 is not a URL of http, https or socks5',
  );
  expect(`${message}${hint}`).not.toContain('hush');
});
