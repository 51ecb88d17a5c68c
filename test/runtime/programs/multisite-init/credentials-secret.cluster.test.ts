import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, test, vi } from 'vitest';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { createAccount, tokenIn } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite, type Site } from '../../../support/site.ts';

const ACCOUNT = 'reader';
const SECRET = 'reader-token';
const FROM_SECRET = ['--token-source=secret', `--token-secret=${SECRET}`];

/** A site whose pod may read the Secret, which nobody has made yet. */
async function siteOfSecret(): Promise<Site> {
  const site = await createSite();
  await createAccount(site, ACCOUNT);
  await allow(site, 'secrets', SECRET, 'get');
  return site;
}

/** The controller manager fills it in, some time later. */
async function createSecret(
  { kubeConfig, namespace }: Site,
  type = 'kubernetes.io/service-account-token',
): Promise<void> {
  const metadata = { name: SECRET, annotations: { 'kubernetes.io/service-account.name': ACCOUNT } };
  const body = { metadata, type, ...(type === 'Opaque' && { stringData: { token: 'of-somebody' } }) };
  await kubeConfig.makeApiClient(CoreV1Api).createNamespacedSecret({ namespace, body });
}

async function filledIn({ kubeConfig, namespace }: Site): Promise<string> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  return vi.waitFor(
    async () => {
      const { data } = await core.readNamespacedSecret({ namespace, name: SECRET });
      if (data?.token === undefined) {
        throw new Error('the controller manager has not filled in the Secret');
      }
      return Buffer.from(data.token, 'base64').toString();
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** The answer as it is before the controller manager has come to the Secret. */
function unfilled(text: string): string {
  return JSON.stringify({ ...JSON.parse(text), data: undefined });
}

/** What becomes of each look of the program at the Secret. */
async function atLooks(site: Site, fault: () => Fault): Promise<FaultProxy> {
  const proxy = await startFaultProxy((_method, _count, url) =>
    url.endsWith(`/secrets/${SECRET}`) ? fault() : { kind: 'pass' },
  );
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  return proxy;
}

describe.each(ENGINE_NAMES)('multisite-init --token-source=secret on %s', (engine) => {
  test('writes the token that the controller manager put there', async () => {
    const site = await siteOfSecret();
    await createSecret(site);
    const token = await filledIn(site);
    const ended = await site.run(engine, [...FROM_SECRET, '--verify'], {}, [token]);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stdout).toContain('token without an end');
    expect(ended.stdout).toContain(`authenticates as system:serviceaccount:${site.namespace}:${ACCOUNT}`);
    expect(await tokenIn(site)).toBe(token);
    expect((await site.run(engine, FROM_SECRET, {}, [token])).stdout).toMatch(/^nothing to do/);
  });

  test('waits for the Secret, and for the controller manager to fill it in', async () => {
    const site = await siteOfSecret();
    let created: Promise<void> | undefined;
    let looksAtUnfilled = 0;
    const answer = (text: string) => {
      // At the first look it is not there yet.
      created ??= createSecret(site);
      return JSON.parse(text).kind === 'Secret' && looksAtUnfilled++ < 2 ? unfilled(text) : text;
    };
    const { env } = await atLooks(site, () => ({ kind: 'rewrite', answer }));
    const ended = await site.run(engine, FROM_SECRET, env);
    await created;
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
    expect(ended.stderr).toMatch(/404.*; trying again/);
    expect(ended.stderr.match(/has no token yet; trying again/g)).toHaveLength(2);
    const token = await filledIn(site);
    expect(await tokenIn(site)).toBe(token);
    expect(JSON.stringify(ended)).not.toContain(token);
  });

  test('gives up on one that nobody fills in after --timeout', async () => {
    const site = await siteOfSecret();
    await createSecret(site);
    const { env } = await atLooks(site, () => ({ kind: 'rewrite', answer: unfilled }));
    const ended = await site.run(engine, [...FROM_SECRET, '--timeout=2s', '--wait=0s'], env);
    expectFailure(
      ended,
      5,
      new RegExp(`secret ${site.namespace}/${SECRET} has no token yet, after 2 s\n.*controller manager`),
    );
    expect(await site.document()).toBe('');
  });

  test('gives up on one that is not there after --wait', async () => {
    const site = await siteOfSecret();
    const started = performance.now();
    const ended = await site.run(engine, [...FROM_SECRET, '--wait=1s', '--timeout=60s']);
    expect(performance.now() - started).toBeLessThan(30_000);
    expectFailure(
      ended,
      5,
      /secrets "reader-token" not found\n.*Create the Secret, or correct --token-secret/,
    );
    expect(ended.stderr).toContain('trying again');
    expect(await site.document()).toBe('');
  });

  test('takes no token out of a Secret of another type', async () => {
    const site = await siteOfSecret();
    await createSecret(site, 'Opaque');
    const ended = await site.run(engine, FROM_SECRET, {}, ['of-somebody']);
    expectFailure(
      ended,
      3,
      /has type Opaque, .*\n.*with type kubernetes\.io\/service-account-token and the annotation/,
    );
    expect(await site.document()).toBe('');
  });

  test('has the commands that give a missing right', async () => {
    const site = await createSite();
    const ended = await site.run(engine, [...FROM_SECRET, '--wait=0s']);
    expectFailure(ended, 4, /may not get secrets/);
    expect(ended.termination).toContain(
      `--namespace=${site.namespace} --verb=get --resource=secrets --resource-name=${SECRET} && kubectl create rolebinding `,
    );
  });
});
