import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeCertificates } from '../../../devcluster/control-plane/certificates.ts';
import { readInCluster } from '../../../runtime/kube/in-cluster.ts';

let PEM: string;
let files: Record<string, string>;
const read = (path: string) => files[path] ?? '';

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'in-cluster-test-'));
  PEM = (await writeCertificates(folder, ['127.0.0.1'], [])).ca.trim();
  await rm(folder, { recursive: true });
  files = { '/sa/token': ' abc\n', '/sa/ca.crt': `\n${PEM}\n\n` };
});

const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

describe('readInCluster', () => {
  test('strips the white space around token and CA, as the original did', () => {
    expect(readInCluster(env, '/sa', read)).toEqual({
      server: { url: 'https://10.0.0.1:443', host: '10.0.0.1', port: 443, basePath: '', ca: PEM },
      token: 'abc',
      namespace: undefined,
    });
  });

  test('knows the namespace of the pod where it is mounted', () => {
    const withNamespace = (path: string) => (path === '/sa/namespace' ? 'reports\n' : read(path));
    expect(readInCluster(env, '/sa', withNamespace).namespace).toBe('reports');
  });

  test.each(['', 'x', '0', '65536', '-1', '4 43'])('refuses the port %j', (port) => {
    expect(() => readInCluster({ ...env, KUBERNETES_SERVICE_PORT: port }, '/sa', read)).toThrow(
      expect.objectContaining({ name: 'CredentialsError' }),
    );
  });

  test.each([
    'user@127.0.0.1',
    '127.000.000.001',
    '[::1]',
    'https://10.0.0.1',
    '10.0.0.1:443',
    '10.1',
    '10.0.0.1/',
    ' ',
  ])('refuses the host %j', (host) => {
    expect(() => readInCluster({ ...env, KUBERNETES_SERVICE_HOST: host }, '/sa', read)).toThrow(
      expect.objectContaining({ name: 'CredentialsError', problem: 'service host' }),
    );
  });

  test('refuses a file of two tokens, and does not show them', () => {
    const two = (path: string) => (path.endsWith('token') ? 'first\nsecond' : PEM);
    expect(() => readInCluster(env, '/sa', two)).toThrow(
      'the token file /sa/token does not hold exactly one token',
    );
  });
});
