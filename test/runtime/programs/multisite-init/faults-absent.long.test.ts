import { AuthorizationV1Api, CoreV1Api, RbacAuthorizationV1Api } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { createAccount } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import {
  ACCOUNT,
  always,
  atEach,
  createFaultSite,
  type FaultSite,
  once,
  STEPS,
  type Step,
} from '../../../support/fault-site.ts';
import { CONFIG_MAP, type Site } from '../../../support/site.ts';

const DENIED = { kind: 'answer', status: 403, body: '{"message": "a webhook denied it"}' } as const;
const ABSENT = {
  kind: 'answer',
  status: 404,
  body: '{"message": "serviceaccounts \\"x\\" not found"}',
} as const;

/** A server that forbids whoever asks, even with a wrong token, does not see the token. */
const denied = (at: Step) => (at === 'review' ? /does not accept its token \(401\)/ : /a webhook denied it/);

/** The program goes by what it asked for, not by what the answer says. */
const absent = (at: Step) =>
  at === 'read' || at === 'write' ? /configmap .* does not exist/ : /serviceaccounts "x" not found/;

describe.each([
  [403, DENIED, 4, denied],
  [404, ABSENT, 5, absent],
] as const)('at each request of the run, the status %d', (status, fault, exitCode, message) => {
  test('that goes away within --wait', () =>
    atEach(STEPS, async (engine, at) => {
      const { run, expectNew } = await createFaultSite(once(at, fault));
      const ended = await run(engine);
      expect(ended).toMatchObject({ exitCode: 0 });
      // A server that forbids to ask who a token is has taken the token.
      const retries = status === 403 && at === 'review' ? 0 : 1;
      expect(ended.stderr.match(/trying again/g) ?? []).toHaveLength(retries);
      await expectNew();
    }));

  test('that stays longer than --wait', () =>
    atEach(STEPS, async (engine, at) => {
      const { run, steps, expectOld, expectNew } = await createFaultSite(always(at, fault));
      const start = performance.now();
      const ended = await run(engine, '--wait=3s');
      // Not the sixty seconds of --timeout.
      expect(performance.now() - start).toBeLessThan(20_000);
      expectFailure(ended, exitCode, message(at));
      expect(steps().filter((step) => step === at).length).toBeGreaterThan(1);
      if (at === 'review') {
        await expectNew();
      } else {
        await expectOld();
      }
    }));

  test('that nobody waits for', () =>
    atEach(STEPS, async (engine, at) => {
      const { run, steps } = await createFaultSite(always(at, fault));
      expectFailure(await run(engine, '--wait=0s'), exitCode, message(at));
      const before = STEPS.slice(0, STEPS.indexOf(at) + 1);
      expect(steps().slice(0, before.length)).toEqual(before);
      // What a 403 means it asks by reviews.
      expect(
        steps()
          .slice(before.length)
          .filter((step) => status === 404 || step !== 'review'),
      ).toEqual([]);
    }));
});

interface Arrival {
  readonly name: string;
  /** The request that fails without it. */
  readonly at: Step;
  readonly remove: (site: Site) => Promise<unknown>;
  readonly arrive: (site: Site) => Promise<unknown>;
  readonly message: RegExp;
}

const ARRIVALS: readonly Arrival[] = [
  {
    name: 'the ConfigMap',
    at: 'read',
    remove: ({ kubeConfig, namespace }) =>
      kubeConfig.makeApiClient(CoreV1Api).deleteNamespacedConfigMap({ namespace, name: CONFIG_MAP }),
    arrive: ({ kubeConfig, namespace }) =>
      kubeConfig
        .makeApiClient(CoreV1Api)
        .createNamespacedConfigMap({ namespace, body: { metadata: { name: CONFIG_MAP } } }),
    message: /404: configmaps ".*" not found; trying again/,
  },
  {
    name: 'the right to read it',
    at: 'read',
    remove: forbidAll,
    arrive: allowAll,
    message: /403: .* cannot get resource "configmaps".*; trying again/,
  },
  {
    name: 'the right to write it',
    at: 'write',
    remove: async (site) => {
      await forbidAll(site);
      await allow(site, 'configmaps', CONFIG_MAP, 'get');
      await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
    },
    arrive: (site) => allow(site, 'configmaps', CONFIG_MAP, 'patch'),
    message: /403: .* cannot patch resource "configmaps".*; trying again/,
  },
  {
    name: 'the ServiceAccount',
    at: 'request of a token',
    remove: ({ kubeConfig, namespace }) =>
      kubeConfig.makeApiClient(CoreV1Api).deleteNamespacedServiceAccount({ namespace, name: ACCOUNT }),
    arrive: (site) => createAccount(site, ACCOUNT),
    message: /404: serviceaccounts "deployer" not found; trying again/,
  },
  {
    name: 'the right to request its tokens',
    at: 'request of a token',
    remove: async (site) => {
      await forbidAll(site);
      for (const verb of ['get', 'patch']) {
        await allow(site, 'configmaps', CONFIG_MAP, verb);
      }
    },
    arrive: (site) => allow(site, 'serviceaccounts/token', ACCOUNT, 'create'),
    message: /403: .* cannot create resource "serviceaccounts\/token".*; trying again/,
  },
];

describe('what arrives after the program:', () => {
  test.each(ARRIVALS)('$name', ({ at, remove, arrive, message }) =>
    atEach([at], async (engine) => {
      let count = 0;
      const created: FaultSite = await createFaultSite((step) => {
        if (step === at) {
          count += 1;
        }
        const arrives = step === at && count === 2;
        return { kind: 'pass', before: async () => arrives && arrive(created.site) };
      });
      await remove(created.site);
      const ended = await created.run(engine);
      expect(ended).toMatchObject({ exitCode: 0 });
      expect(ended.stderr).toMatch(message);
      expect((await created.site.kubeconfig()).contexts).toContainEqual({
        name: 'central',
        context: { cluster: 'central', user: 'user00' },
      });
    }),
  );
});

async function allowAll(site: Site): Promise<void> {
  for (const verb of ['get', 'patch']) {
    await allow(site, 'configmaps', CONFIG_MAP, verb);
  }
  await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
}

/** Takes every right away, and waits until the API server has learnt of it. */
async function forbidAll(site: Site): Promise<void> {
  const { kubeConfig, namespace } = site;
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  await rbac.deleteCollectionNamespacedRoleBinding({ namespace });
  const authorization = kubeConfig.makeApiClient(AuthorizationV1Api);
  const user = `system:serviceaccount:${namespace}:${site.serviceAccount}`;
  const rights = [
    { resource: 'configmaps', name: CONFIG_MAP, verb: 'get' },
    { resource: 'configmaps', name: CONFIG_MAP, verb: 'patch' },
    { resource: 'serviceaccounts', subresource: 'token', name: ACCOUNT, verb: 'create' },
  ];
  for (const right of rights) {
    const resourceAttributes = { namespace, ...right };
    for (let allowed = true; allowed; ) {
      const review = await authorization.createSubjectAccessReview({
        body: { spec: { user, resourceAttributes } },
      });
      allowed = review.status?.allowed ?? false;
    }
  }
}
