import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../../runtime/async/clock.ts';
import { kubeconfigConnection } from '../../../runtime/kube/kubeconfig-connection.ts';
import { createExecPlugin, execCredential } from '../../support/exec-plugin.ts';
import { createAuthority, issueServer } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SECRET = 'hush-hush';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, 'kubeconfig');
});

const connection = (context?: string) =>
  kubeconfigConnection(file, context, {
    readFile: (path) => readFileSync(path, 'utf8'),
    env: process.env,
    clock: systemClock,
  });

/** Writes a kubeconfig with one context. */
function write(user: object, cluster: object = {}): Promise<void> {
  const kubeconfig = {
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'a',
    users: [{ name: 'u', user }],
  };
  return writeFile(file, stringify(kubeconfig));
}

/** Of a user. */
const certificateData = (certificate: string, key: string) => ({
  'client-certificate-data': Buffer.from(certificate).toString('base64'),
  'client-key-data': Buffer.from(key).toString('base64'),
});

/** The error's own words and its hint, which must not have the secret. */
async function refusal(context?: string): Promise<string> {
  const error = await connection(context)().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'CredentialsError' });
  const { message, hint } = error as Error & { hint: string };
  expect(message + hint).not.toContain(SECRET.slice(0, 4));
  return `${message}\n${hint}`;
}

test('says where the server is, and has a token for nobody to see', async () => {
  await write({ token: SECRET }, { server: 'https://[fd00::1]/clusters/a/', 'tls-server-name': 'a' });
  expect(await connection()()).toMatchObject({
    url: 'https://[fd00::1]/clusters/a',
    basePath: '/clusters/a',
    options: {
      host: 'fd00::1',
      port: 443,
      servername: 'a',
      rejectUnauthorized: true,
      headers: { Authorization: `Bearer ${SECRET}` },
    },
    secrets: expect.arrayContaining([SECRET]),
  });
});

test('has the password for nobody to see', async () => {
  await write({ username: 'me', password: `${SECRET}:b` });
  expect(await connection()()).toMatchObject({
    options: { headers: { Authorization: `Basic ${Buffer.from(`me:${SECRET}:b`).toString('base64')}` } },
    secrets: expect.arrayContaining([`${SECRET}:b`]),
  });
});

test('has an agent of its own only where there is a proxy', async () => {
  const connect = connection();
  await write({ token: SECRET });
  expect((await connect()).options).not.toHaveProperty('agent');
  await write({ token: SECRET }, { 'proxy-url': 'http://127.0.0.1:3128' });
  expect((await connect()).options).toHaveProperty('agent');
});

describe('behind a proxy', () => {
  const PROXIED = { 'proxy-url': 'http://127.0.0.1:3128' };
  test('has the authorities of the engine where the cluster has none', async () => {
    await write({ token: SECRET }, PROXIED);
    expect((await connection()()).options.ca).toEqual([...rootCertificates]);
  });

  test.each(['http', 'socks5'])('of %s shows a client certificate as it is now', async (scheme) => {
    await write(
      { 'client-certificate': 'certificate', 'client-key': 'key' },
      { 'certificate-authority': 'ca', 'proxy-url': `${scheme}://127.0.0.1:3128` },
    );
    const authority = await createAuthority('authority');
    const connect = connection();
    for (const now of ['first', 'second']) {
      const { certificate, key } = await issueServer(authority, now, {});
      await writeFile(join(folder, 'ca'), `${now} ca`);
      await writeFile(join(folder, 'certificate'), certificate);
      await writeFile(join(folder, 'key'), key);
      const { agent, ...options } = (await connect()).options;
      expect(options).toMatchObject({ ca: `${now} ca`, cert: certificate, key });
      // Its own would win over those of the request.
      for (const name of ['ca', 'cert', 'key', 'servername']) {
        expect((agent as Agent).options).not.toHaveProperty(name);
      }
    }
  });
});

test('reads a token file beside the kubeconfig, each time, rather than the token', async () => {
  await write({ token: 'other', tokenFile: 'token' });
  await writeFile(join(folder, 'token'), 'first\n');
  const connect = connection();
  expect((await connect()).options.headers).toEqual({ Authorization: 'Bearer first' });
  await writeFile(join(folder, 'token'), `${SECRET}\n`);
  expect(await connect()).toMatchObject({
    options: { headers: { Authorization: `Bearer ${SECRET}` } },
    secrets: expect.arrayContaining([SECRET]),
  });
});

describe('an exec plug-in', () => {
  const OWN = {
    'a token': () => ({ token: SECRET }),
    'a user name': () => ({ username: 'me' }),
    'a client certificate': async () => {
      const { certificate, key } = await issueServer(await createAuthority('authority'), 'me', {});
      return certificateData(certificate, key);
    },
  };

  test('runs again when what it gave has expired, or was not taken', async () => {
    const { exec, runs, print } = await createExecPlugin(folder, execCredential('one'));
    await write({ exec });
    const connect = connection();
    await connect();
    const { options, onUnauthorized } = await connect();
    expect(options.headers).toEqual({ Authorization: 'Bearer one' });
    expect(await runs()).toBe(1);
    await print(execCredential('two', new Date(Date.now() - 1000)));
    onUnauthorized?.();
    expect((await connect()).options.headers).toEqual({ Authorization: 'Bearer two' });
    await connect();
    expect(await runs()).toBe(3);
  });

  test.each(Object.entries(OWN))('does not run where the user has %s', async (_, own) => {
    const { exec, runs } = await createExecPlugin(folder, execCredential('other'));
    await write({ ...(await own()), exec });
    expect((await connection()()).options.headers).not.toEqual({ Authorization: 'Bearer other' });
    expect(await runs()).toBe(0);
  });

  test('runs where the user has a password alone, as client-go has it', async () => {
    const { exec } = await createExecPlugin(folder, execCredential('given'));
    await write({ password: SECRET, exec });
    expect((await connection()()).options.headers).toEqual({ Authorization: 'Bearer given' });
  });

  test('is told the CA of a file beside the kubeconfig', async () => {
    const told = join(folder, 'told');
    const { exec } = await createExecPlugin(
      folder,
      execCredential('given'),
      `echo "$KUBERNETES_EXEC_INFO" >'${told}'`,
    );
    await writeFile(join(folder, 'ca.crt'), 'the CA');
    await write({ exec: { ...exec, provideClusterInfo: true } }, { 'certificate-authority': 'ca.crt' });
    await connection()();
    expect(JSON.parse(await readFile(told, 'utf8')).spec.cluster).toEqual({
      server: 'https://10.0.0.1:6443',
      'certificate-authority-data': Buffer.from('the CA').toString('base64'),
      config: null,
    });
  });

  test('that hangs is waited for by all, who get what it gives in the end', async () => {
    const go = join(folder, 'go');
    const { exec, runs } = await createExecPlugin(
      folder,
      execCredential('late'),
      `until [ -e '${go}' ]; do sleep 0.05; done`,
    );
    await write({ exec });
    const connect = connection();
    const connections = [connect()];
    await vi.waitFor(async () => expect(await runs()).toBe(1));
    connections.push(connect(), connect());
    // Long enough for others to start.
    await setTimeout(200);
    await writeFile(go, '');
    for (const { options } of await Promise.all(connections)) {
      expect(options.headers).toEqual({ Authorization: 'Bearer late' });
    }
    expect(await runs()).toBe(1);
  });

  test('that hangs keeps no mended file from being used', async () => {
    const { exec, runs } = await createExecPlugin(folder, '', 'exec sleep 1');
    await write({ exec });
    const connect = connection();
    const hanging = connect();
    await vi.waitFor(async () => expect(await runs()).toBe(1));
    await write({ token: 'mended' });
    expect((await connect()).options.headers).toEqual({ Authorization: 'Bearer mended' });
    await expect(hanging).rejects.toThrow();
  });

  test.each([
    ['nonsense', SECRET, 'its exec plug-in did not print an ExecCredential'],
    ['JSON of another kind', `{"token": "${SECRET}"}`, 'its exec plug-in did not print an ExecCredential'],
    [
      'a token of two lines',
      execCredential(`${SECRET}\n${SECRET}`),
      'its token is empty, or has white space',
    ],
  ])('that prints %s', async (_, output, why) => {
    const { exec } = await createExecPlugin(folder, output);
    await write({ exec });
    expect(await refusal()).toMatch(new RegExp(`the user of context "a" in .* gives no credential: ${why}`));
  });

  test('that fails', async () => {
    const { exec } = await createExecPlugin(folder, SECRET, 'echo "no such\n profile" >&2; exit 1');
    await write({ exec });
    expect(await refusal()).toMatch(/gives no credential: no such profile\n/);
  });

  test('that fails, and says nothing', async () => {
    const { exec } = await createExecPlugin(folder, '', 'exit 1');
    await write({ exec });
    expect(await refusal()).toMatch(/gives no credential: its exec plug-in failed without a message\n/);
  });
});

describe('what is refused', () => {
  test.each([
    ['a file of something else', `token: [${SECRET}`, /is not a kubeconfig/],
    ['an empty file', '', /is not a kubeconfig/],
    ['a string', SECRET, /is not a kubeconfig: it is not a mapping/],
    [
      'users that are no list',
      `users: {a: ${SECRET}}\ncurrent-context: a\n`,
      /"users" is not a list \(line 1, column 8\)/,
    ],
    [
      'a context without a cluster',
      'contexts: [{name: a, context: {cluster: c, user: u}}]',
      /names no cluster/,
    ],
    [
      'a context without a user',
      'contexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "https://a"}}]',
      /names no user/,
    ],
  ])('%s', async (_, text, message) => {
    await writeFile(file, text);
    expect(await refusal(text.startsWith('contexts') ? 'a' : undefined)).toMatch(message);
  });

  test('a file that is not there', async () => {
    expect(await refusal()).toMatch(/cannot read the kubeconfig .* \(ENOENT\)/);
  });

  test('a context that is not there, with those that are', async () => {
    await write({ token: SECRET });
    expect(await refusal('b')).toMatch(/has no context "b"\nChoose one: it has "a"\.$/);
  });

  test.each([{ 'insecure-skip-tls-verify': true }, { server: 'http://10.0.0.1' }])('%o', async (cluster) => {
    await write({ token: SECRET }, cluster);
    expect(await refusal()).toMatch(
      /certificate would not be checked, so any server could get the credential/,
    );
  });

  test.each([
    { token: 'token', password: SECRET },
    { tokenFile: 'token', username: 'me', password: SECRET },
  ])('two credentials: %o', async (user) => {
    await writeFile(join(folder, 'token'), SECRET);
    await write(user);
    expect(await refusal()).toMatch(/cannot be used: its user has a token and a password/);
  });

  test.each([
    { as: 'alice\n' },
    { as: 'alice', 'as-uid': '\u0000' },
    { as: 'alice', 'as-groups': ['a', 'b\r'] },
    { as: 'alice', 'as-user-extra': { a: ['\u007f'] } },
  ])('a user to be that no header can carry: %j', async (user) => {
    await write({ token: SECRET, ...user });
    expect(await refusal()).toMatch(
      /cannot be used: its user has an "as" field that no HTTP header can carry/,
    );
  });

  test.each([
    '10.0.0.1:3128',
    `http://me:${SECRET}@:3128`,
    `http://me:${SECRET}%zz@10.0.0.1`,
    `http://me:${SECRET}@10.0.0.1\n`,
    `socks4://me:${SECRET}@10.0.0.1`,
    `socks5:${SECRET}`,
  ])('a proxy-url %j', async (proxyUrl) => {
    await write({ token: 'token' }, { 'proxy-url': proxyUrl });
    expect(await refusal()).toMatch(
      /context "a" of .* cannot be used: its cluster has a "proxy-url" that is not a URL of/,
    );
  });

  test('a certificate that is not there', async () => {
    await write({
      'client-certificate': 'absent',
      'client-key-data': Buffer.from(SECRET).toString('base64'),
    });
    expect(await refusal()).toMatch(/gives no credential: ENOENT.*absent/);
  });

  test('client certificates and keys that are no pair', async () => {
    const authority = await createAuthority('authority');
    const { certificate, key } = await issueServer(authority, 'me', {});
    const { key: otherKey } = await issueServer(authority, 'other', {});
    await write(certificateData(SECRET, key));
    expect(await refusal()).toMatch(/its client certificate is not a certificate in PEM/);
    await write(certificateData(certificate, SECRET));
    expect(await refusal()).toMatch(/its client key is not a key in PEM/);
    await write(certificateData(certificate, otherKey));
    expect(await refusal()).toMatch(/its client key does not belong to its client certificate/);
  });

  test('a token that no header can carry', async () => {
    await write({ token: `${SECRET}\n` });
    expect(await refusal()).toMatch(/gives no credential: its token is empty, or has white space/);
  });
});
