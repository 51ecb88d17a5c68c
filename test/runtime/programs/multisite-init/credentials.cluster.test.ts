import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, inject, test } from 'vitest';
import { tokenClaims } from '../../../../runtime/kube/token-claims.ts';
import { requestToken, writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount, tokenIn } from '../../../support/accounts.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { outerAddress, startFront } from '../../../support/tls-front.ts';

/** As the kubelet has it: the token ends with a pod, and says that it serves for a year. */
async function podToken({ kubeConfig, namespace, serviceAccount }: Site, name: string): Promise<string> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const pod = await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name },
      spec: { serviceAccountName: serviceAccount, containers: [{ name: 'app', image: 'app' }] },
    },
  });
  const { status } = await core.createNamespacedServiceAccountToken({
    namespace,
    name: serviceAccount,
    body: {
      spec: {
        audiences: [],
        expirationSeconds: 3607,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid: pod.metadata?.uid ?? '' },
      },
    },
  });
  return status?.token ?? '';
}

async function tokenFile(token: string): Promise<string> {
  const file = join(await temporaryFolder(), 'token');
  await writeFile(file, `${token}\n`);
  return file;
}

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  describe("writes the pod's own token", () => {
    test('and says that it ends with the pod, whatever it says itself, and when at the latest', async () => {
      const site = await createSite();
      const token = await podToken(site, 'app-0');
      await writeServiceAccount(site.directory, token, inject('controlPlane').ca);
      const end = tokenClaims(token).expires?.toISOString();
      expect(Date.parse(end ?? '')).toBeGreaterThan(Date.now() + 300 * 24 * 3600 * 1000);
      const args = ['--token-source=mounted'];
      const text = await site.run(engine, args, {}, [token]);
      expect(text).toMatchObject({ exitCode: 0 });
      expect(text.stdout).toMatch(/^wrote context/);
      expect(text.stdout).toContain(`token until pod app-0 ends, at the latest ${end})`);
      const json = await site.run(engine, [...args, '--log-format=json'], {}, [token]);
      expect(JSON.parse(json.stdout)).toMatchObject({
        result: 'nothing to do',
        tokenEndsWithPod: 'app-0',
        tokenExpires: end,
      });
      expect(await tokenIn(site)).toBe(token);
    });

    test('and names no pod where the token is bound to none', async () => {
      const site = await createSite();
      const end = tokenClaims(site.token).expires?.toISOString();
      expect((await site.run(engine)).stdout).toContain(`token until ${end})`);
      const json = JSON.parse((await site.run(engine, ['--log-format=json'])).stdout);
      expect(json).toMatchObject({ tokenExpires: end });
      expect(json).not.toHaveProperty('tokenEndsWithPod');
    });
  });

  describe('writes the token of a file', () => {
    test('with the address and the CA that come with it', async () => {
      const site = await createSite();
      await createAccount(site, 'reader');
      const token = await requestToken(site.kubeConfig, site.namespace, 'reader');
      const { url, ca, caFile } = await startFront(outerAddress());
      const file = ['--token-source=file', `--token-file=${await tokenFile(token)}`];
      const ended = await site.run(engine, [...file, `--server=${url}`, `--ca-file=${caFile}`], {}, [token]);
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context/) });
      expect(await site.kubeconfig()).toMatchObject({
        clusters: [
          {
            cluster: { server: url, 'certificate-authority-data': Buffer.from(ca.trim()).toString('base64') },
          },
        ],
        users: [{ user: { token } }],
      });
    });

    test.each([
      ['that is missing', undefined, /cannot read the token file .* \(ENOENT\)/],
      ['that is empty', '', /the token file .* is empty/],
      ['of two tokens', 'first second', /the token file .* does not hold exactly one token/],
    ])('but none %s', async (_, content, message) => {
      const site = await createSite();
      const { url, caFile } = await startFront(outerAddress());
      const file = content === undefined ? '/nonexistent' : await tokenFile(content);
      const args = ['--token-source=file', `--token-file=${file}`, `--server=${url}`, `--ca-file=${caFile}`];
      expectFailure(await site.run(engine, args), 3, message);
      expect(await site.document()).toBe('');
    });

    test.each<[string, (token: string) => string]>([
      ['as it is', (token) => `Bearer ${token}`],
      ['in JSON', (token) => JSON.stringify({ token })],
      ['in base64', (token) => Buffer.from(`token: ${token}`).toString('base64')],
      ['in base64 one byte later', (token) => Buffer.from(`token:  ${token}`).toString('base64')],
      ['where the message is cut off', (token) => `${'x '.repeat(460)}${token}`],
    ])('and shows an opaque one to nobody, quoted by a webhook %s', async (_, quote) => {
      const site = await createSite();
      const token = randomBytes(60).toString('hex');
      const body = JSON.stringify({ message: `denied the request: ${quote(token)}` });
      const proxy = await startFaultProxy((method) =>
        method === 'PATCH' ? { kind: 'answer', status: 403, body } : { kind: 'pass' },
      );
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const file = ['--token-source=file', `--token-file=${await tokenFile(token)}`];
      const address = ['--server=https://api.example', `--ca-file=${inject('controlPlane').caFile}`];
      const args = [...file, ...address, '--no-verify', '--wait=0s'];
      // No part of it either.
      const parts = [0, 50, 100].map((start) => token.slice(start, start + 20));
      const ended = await site.run(engine, args, proxy.env, parts);
      expectFailure(ended, 4, /denied the request: .*\n.*webhook/);
      const [cause = ''] = ended.termination.split('\n');
      expect(cause).toMatch(/\(redacted\)|…$/);
      for (const word of cause.split(/[^\w+/]/)) {
        for (const part of parts) {
          expect(Buffer.from(word, 'base64').toString()).not.toContain(part);
        }
      }
    });
  });

  describe('--verify', () => {
    test('says whom the API server takes the written token for, and until when', async () => {
      const site = await createSite();
      const user = `system:serviceaccount:${site.namespace}:${site.serviceAccount}`;
      const end = tokenClaims(site.token).expires?.toISOString();
      const text = await site.run(engine, ['--verify']);
      expect(text).toMatchObject({ exitCode: 0 });
      const [wrote, verified] = text.stdout.trim().split('\n');
      expect(wrote).toMatch(new RegExp(`^wrote .*, token until ${end}\\)`));
      expect(verified).toBe(`verified: it authenticates as ${user}`);
      const json = JSON.parse((await site.run(engine, ['--verify', '--log-format=json'])).stdout);
      expect(json).toMatchObject({ result: 'nothing to do', verifiedAs: user, tokenExpires: end });
    });

    test('asks once, after the write, with what was written', async () => {
      const site = await createSite();
      const { url, caFile, connections } = await startFront(outerAddress());
      const before: number[] = [];
      const proxy = await startFaultProxy((method) => {
        if (method === 'PATCH') {
          before.push(connections());
        }
        return { kind: 'pass' };
      });
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const args = ['--verify', '--no-verify', `--server=${url}`, `--ca-file=${caFile}`];
      expect(await site.run(engine, args, proxy.env)).toMatchObject({ exitCode: 0 });
      expect([before, connections()]).toEqual([[0], 1]);
    });

    test('is asked for, or nobody is asked', async () => {
      const site = await createSite();
      const proxy = await startFaultProxy(() => ({ kind: 'pass' }));
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const ended = await site.run(engine, [], proxy.env);
      expect(ended.stdout).not.toContain('authenticates');
      expect(proxy.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    });

    test('of an API server that cannot say it', async () => {
      const site = await createSite();
      const proxy = await startFaultProxy((method) =>
        method === 'POST' ? { kind: 'answer', status: 404, body: '404 page not found' } : { kind: 'pass' },
      );
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const ended = await site.run(engine, ['--verify', '--wait=0s'], proxy.env);
      expectFailure(ended, 5, /cannot tell the identity of a token\n.*Use Kubernetes 1\.28 or later/);
    });

    test('of a token that does not authenticate', async () => {
      const site = await createSite();
      const { url, caFile } = await startFront(outerAddress());
      const file = await tokenFile('stale-and-opaque');
      const args = ['--token-source=file', `--token-file=${file}`, `--server=${url}`, `--ca-file=${caFile}`];
      const ended = await site.run(engine, [...args, '--no-verify', '--verify'], {}, ['stale-and-opaque']);
      expectFailure(
        ended,
        4,
        new RegExp(
          `the entry is written, but https:.* does not accept its token \\(401\\)\n.* into ${file}\\.`,
        ),
      );
      // It was written all the same: that is what --no-verify asks for.
      expect(await tokenIn(site)).toBe('stale-and-opaque');
    });
  });
});
