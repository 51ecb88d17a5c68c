import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../runtime/async/clock.ts';
import { askExecPlugin } from '../../../runtime/kube/exec-plugin.ts';
import type { Cluster, ExecConfig } from '../../../runtime/kubeconfig/client-config.ts';
import { createExecPlugin, execCredential } from '../../support/exec-plugin.ts';
import { createAuthority, issueServer } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

const ask = (exec: ExecConfig, cluster: Cluster = {}, timeLimitMs?: number) =>
  askExecPlugin(exec, cluster, process.env, systemClock, timeLimitMs);

// A shell that waits leaves its child behind, which keeps what it prints to open.
test.each(['exec sleep 60', 'sleep 60; exit 0'])('a plug-in that hangs is ended: %s', async (hang) => {
  const { exec, lives } = await createExecPlugin(folder, '', hang);
  const started = performance.now();
  await expect(ask(exec, {}, 500)).rejects.toThrow('did not end within 0.5 s');
  expect(performance.now() - started).toBeLessThan(4000);
  // The kernel takes a moment to end what was killed.
  await vi.waitFor(async () => expect(await lives()).toBe(false), { timeout: 20_000 });
});

test('it is told the cluster where it wants to know, and its own variables', async () => {
  const told = join(folder, 'told');
  const { exec } = await createExecPlugin(
    folder,
    execCredential('t'),
    `echo "$KUBERNETES_EXEC_INFO$OWN" >'${told}'`,
  );
  const cluster: Cluster = {
    server: 'https://192.0.2.1',
    'tls-server-name': 'a',
    'certificate-authority-data': Buffer.from('ca'),
    'proxy-url': 'http://192.0.2.2',
    extensions: [
      { name: 'other' },
      { name: 'client.authentication.k8s.io/exec', extension: { audience: 'b' } },
    ],
  };
  const env = [{ name: 'OWN', value: 'own' }];

  await ask({ ...exec, env, provideClusterInfo: true }, cluster);
  const info = (await readFile(told, 'utf8')).replace(/own\n$/, '');
  expect(JSON.parse(info)).toEqual({
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1',
    spec: {
      interactive: false,
      cluster: {
        server: 'https://192.0.2.1',
        'tls-server-name': 'a',
        'certificate-authority-data': Buffer.from('ca').toString('base64'),
        'proxy-url': 'http://192.0.2.2',
        config: { audience: 'b' },
      },
    },
  });

  await ask({ ...exec, env }, cluster);
  expect(JSON.parse((await readFile(told, 'utf8')).replace(/own\n$/, '')).spec).toEqual({
    interactive: false,
  });
});

test('what it reads of stdin is at its end', async () => {
  const { exec } = await createExecPlugin(folder, execCredential('t'), 'cat; exit 0');
  expect(await ask(exec)).toMatchObject({ token: 't' });
});

test('one that must ask a person is not started', async () => {
  const { exec, runs } = await createExecPlugin(folder, execCredential('t'));
  await expect(ask({ ...exec, interactiveMode: 'Always' })).rejects.toThrow('there is no terminal');
  expect(await runs()).toBe(0);
});

test('a command without a folder is looked up in PATH', async () => {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'get-token'), `#!/bin/sh\necho '${execCredential('t')}'\n`);
  await chmod(join(bin, 'get-token'), 0o755);
  const { exec } = await createExecPlugin(folder, '');
  const env = { PATH: `${bin}:${process.env.PATH}` };
  expect(await askExecPlugin({ ...exec, command: 'get-token' }, {}, env, systemClock)).toMatchObject({
    token: 't',
  });
});

test('one that is not installed is told with the hint of the kubeconfig', async () => {
  const { exec } = await createExecPlugin(folder, '');
  const missing = { ...exec, command: 'no-such-plug-in', installHint: 'Install it:\n  apt install it' };
  await expect(ask(missing)).rejects.toThrow(
    /cannot be started: .*no-such-plug-in ENOENT: Install it: apt install it$/,
  );
});

const answer = (status: unknown, more = {}) =>
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status,
    ...more,
  });

describe('what is no credential', () => {
  test.each([
    ['nothing', ''],
    ['another kind', answer({ token: 't' }, { kind: 'Config' })],
    ['another version', answer({ token: 't' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' })],
    ['no status', answer(undefined)],
    ['an empty status', answer({})],
    ['an empty token', answer({ token: '' })],
    ['a certificate without a key', answer({ token: 't', clientCertificateData: 'c' })],
    ['an end that is no date', answer({ token: 't', expirationTimestamp: 'soon' })],
  ])('%s', async (_, output) => {
    const { exec } = await createExecPlugin(folder, output);
    await expect(ask(exec)).rejects.toThrow(/did not print an ExecCredential/);
  });
});

test('a certificate and the key of another are none, and nothing of them is repeated', async () => {
  const authority = await createAuthority('a');
  const { certificate } = await issueServer(authority, 'me', {});
  const { key } = await issueServer(authority, 'other', {});
  const { exec } = await createExecPlugin(
    folder,
    answer({ clientCertificateData: certificate, clientKeyData: key }),
  );
  await expect(ask(exec)).rejects.toThrow(/^its client key does not belong to its client certificate$/);
});

test('a certificate and its key are a credential', async () => {
  const { certificate, key } = await issueServer(await createAuthority('a'), 'me', {});
  const status = {
    clientCertificateData: certificate,
    clientKeyData: key,
    expirationTimestamp: '2030-01-01T00:00:00Z',
  };
  const { exec } = await createExecPlugin(folder, answer(status));
  expect(await ask(exec)).toEqual({
    token: undefined,
    certificate: { cert: certificate, key },
    expires: Date.parse('2030-01-01T00:00:00Z'),
  });
});
