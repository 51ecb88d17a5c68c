import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorizationV1Api,
  CoreV1Api,
  RbacAuthorizationV1Api,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { afterEach, describe, expect, test } from 'vitest';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { startFaultProxy } from '../../../support/fault-proxy.ts';
import { ENGINE_NAMES, type Ended, runMultisiteInit } from '../../../support/multisite-init.ts';
import { CONFIG_MAP, createSite, type Site } from '../../../support/site.ts';

/** The failure, told on stderr and in the termination message alike, and the ConfigMap as it was. */
function expectFailure(ended: Ended, exitCode: number, message: RegExp): void {
  expect(ended).toMatchObject({ exitCode, stdout: '' });
  expect(ended.stderr).toMatch(message);
  expect(ended.termination).toMatch(message);
  // Cause and hint, a line each.
  expect(ended.termination.trim().split('\n')).toHaveLength(2);
}

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  describe('with a wrong command line', () => {
    test.each([
      ['no namespace', [], /--namespace is missing/],
      ['an empty namespace', ['--namespace='], /--namespace is empty/],
      [
        'a namespace that was not filled in',
        ['-n', '$(POD_NAMESPACE)'],
        /"\$\(POD_NAMESPACE\)" is not a namespace/,
      ],
      ['an unknown flag', ['--namespace=a', '--nonsense'], /unknown flag --nonsense/],
      ['a flag that is given twice', ['-n', 'a', '-n', 'b'], /--namespace is given more than once/],
      ['a flag without its value', ['--namespace'], /--namespace needs a value/],
      ['an argument', ['--namespace=a', 'berlin'], /unexpected argument "berlin"/],
      ['an empty location', ['--namespace=a', '--location='], /--location "" is not a usable name/],
      ['a user with a line break', ['--namespace=a', '--user=a\nb'], /--user "a\?b" is not a usable name/],
      [
        'a bad ConfigMap name',
        ['--namespace=a', '--configmap=A_B'],
        /--configmap "A_B" is not a ConfigMap name/,
      ],
      ['a bad key', ['--namespace=a', '--key=a/b'], /--key "a\/b" is not a key/],
      ['a bad duration', ['--namespace=a', '--timeout=5'], /--timeout "5" is not a duration/],
      ['a bad log format', ['--namespace=a', '--log-format=xml'], /--log-format "xml" is not known/],
    ])('of %s', async (_, args, message) => {
      expectFailure(await runMultisiteInit(engine, args), 2, message);
    });

    test.each([[['--log-format=json']], [['--log-format', 'json', '--nonsense']]])(
      'of %j, in JSON, since that is asked for',
      async (args) => {
        const { exitCode, stderr } = await runMultisiteInit(engine, args);
        expect(exitCode).toBe(2);
        expect(JSON.parse(stderr)).toMatchObject({ level: 'error', exitCode: 2 });
      },
    );
  });

  test('outside of a cluster', async () => {
    expectFailure(await runMultisiteInit(engine, ['--namespace=a']), 3, /not in a cluster/);
  });

  test('with a ConfigMap that does not exist', async () => {
    const site = await createSite();
    const core = site.kubeConfig.makeApiClient(CoreV1Api);
    await core.deleteNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP });
    expectFailure(
      await site.run(engine, ['--wait=0s']),
      5,
      /configmap site-.*-configmap does not exist\n.*Apply the manifests/,
    );
    await expect(site.configMap()).rejects.toMatchObject({ code: 404 });
  });

  describe('with a ConfigMap that must stay as it is', () => {
    let unchanged: (() => Promise<void>) | undefined;
    afterEach(async () => {
      if (!unchanged) {
        throw new Error('the test has no site to keep');
      }
      await unchanged();
      unchanged = undefined;
    });

    async function siteToKeep(document = '', content: Partial<V1ConfigMap> = {}): Promise<Site> {
      const site = await createSite();
      if (document !== '') {
        await site.setDocument(document);
      }
      const current = await site.configMap();
      const before = await site.kubeConfig.makeApiClient(CoreV1Api).replaceNamespacedConfigMap({
        namespace: site.namespace,
        name: CONFIG_MAP,
        body: { ...current, ...content },
      });
      unchanged = async () => {
        expect((await site.configMap()).metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
      };
      return site;
    }

    test.each([
      ['token', 'missing', /cannot read the token file .*\/token \(ENOENT\)/],
      ['token', 'empty', /the token file .*\/token is empty/],
      ['token', 'a folder', /cannot read the token file .*\/token \(EISDIR\)/],
      ['ca.crt', 'missing', /cannot read the CA file .*\/ca.crt \(ENOENT\)/],
      ['ca.crt', 'empty', /the CA file .*\/ca.crt is empty/],
      ['ca.crt', 'not PEM', /the CA file .*\/ca.crt holds no PEM certificate/],
      ['ca.crt', 'broken PEM', /the CA file .*\/ca.crt holds a broken certificate/],
    ])('a %s file that is %s', async (file, state, message) => {
      const site = await siteToKeep();
      const path = join(site.directory, file);
      if (state === 'missing') {
        await rm(path);
      } else if (state === 'a folder') {
        await rm(path).then(() => mkdir(path));
      } else if (state === 'broken PEM') {
        await writeFile(path, '-----BEGIN CERTIFICATE-----\nMIIx\n-----END CERTIFICATE-----\n');
      } else {
        await writeFile(path, state === 'empty' ? ' \n' : 'not a certificate');
      }
      expectFailure(await site.run(engine), 3, message);
    });

    test('a ConfigMap that the Role does not name', async () => {
      const site = await siteToKeep();
      const ended = await site.run(engine, ['--configmap=other', '--wait=0s']);
      expectFailure(
        ended,
        4,
        /forbidden \(403\): system:serviceaccount:.* may not get configmaps "other" in namespace/,
      );
      expect(ended.stderr).toContain('--verb=get,patch --resource=configmaps --resource-name=other ');
    });

    test('a Role without patch', async () => {
      const site = await siteToKeep();
      await setVerbs(site, ['get']);
      expectFailure(await site.run(engine, ['--wait=0s']), 4, /may not patch configmaps/);
    });

    test('a token that the API server does not know', async () => {
      const site = await siteToKeep();
      await writeFile(join(site.directory, 'token'), 'unknown');
      expectFailure(
        await site.run(engine),
        4,
        /does not accept the pod's own token \(401.*\n.*Delete this pod.*\/token has expired/,
      );
    });

    test('a refusal that quotes the token', async () => {
      const site = await siteToKeep();
      const message = `admission webhook "nosy" denied the request: Bearer ${site.token} and eyJhbGciOi.eyJzdWIi.c2ln`;
      const proxy = await startFaultProxy((method) =>
        method === 'PATCH'
          ? { kind: 'answer', status: 403, body: JSON.stringify({ message }) }
          : { kind: 'pass' },
      );
      await writeServiceAccount(site.directory, site.token, proxy.ca);
      const ended = await site.run(engine, ['--wait=0s'], proxy.env);
      expectFailure(ended, 4, /denied the request: Bearer … and \(redacted\)\n.*webhooks of the cluster/);
    });

    test('a document that would become too large', async () => {
      const site = await siteToKeep(`# ${'x'.repeat(1_048_000)}\n`);
      const ended = await site.run(engine);
      expectFailure(
        ended,
        7,
        /would have \d{7} bytes, and all keys together \d{7}; a ConfigMap holds at most 1048576 bytes/,
      );
    });

    test('other keys that leave too little room', async () => {
      const site = await siteToKeep('', {
        data: { notes: 'x'.repeat(600_000) },
        binaryData: { more: 'A'.repeat(596_000) },
      });
      expectFailure(
        await site.run(engine),
        7,
        /would have \d{4} bytes, and all keys together 10\d{5}; a ConfigMap holds at most 1048576 bytes/,
      );
    });

    test('an immutable ConfigMap', async () => {
      const site = await siteToKeep('', { immutable: true });
      expectFailure(await site.run(engine), 7, /the ConfigMap is immutable; nothing was changed/);
    });

    test('a key that holds binary data', async () => {
      const site = await siteToKeep('', { binaryData: { kubeconfig: 'AAAA' } });
      expectFailure(await site.run(engine), 7, /the key is in binaryData, where no text can be written/);
    });

    test.each([
      ['not YAML', 'users: [{', /malformed: it is not one valid YAML document/],
      ['a list', '- a\n', /malformed: it is a list/],
      ['a string', 'hello\n', /malformed: it is a string/],
      ['duplicate names', 'users: [{name: a}, {name: a}]\n', /malformed: "users" has two items named "a"/],
      [
        'a user that another context has',
        'contexts: [{name: edge, context: {user: user00}}]\n',
        /user "user00" belongs to context "edge" too.*nothing was changed\n.*--user=central/,
      ],
    ])('a document that is %s', async (_, document, message) => {
      const site = await siteToKeep(document);
      expectFailure(await site.run(engine), 7, message);
      expect(await site.document()).toBe(document);
    });
  });
});

async function setVerbs(site: Site, verbs: string[]): Promise<void> {
  const rbac = site.kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const { namespace } = site;
  const { items } = await rbac.listNamespacedRole({ namespace });
  const [role] = items;
  if (role?.metadata?.name === undefined) {
    throw new Error('no Role');
  }
  role.rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [CONFIG_MAP], verbs }];
  await rbac.replaceNamespacedRole({ namespace, name: role.metadata.name, body: role });
  // The authorizer learns of it by a watch.
  const authorization = site.kubeConfig.makeApiClient(AuthorizationV1Api);
  const isAllowed = async (verb: string) => {
    const user = `system:serviceaccount:${namespace}:${site.serviceAccount}`;
    const resourceAttributes = { namespace, verb, resource: 'configmaps', name: CONFIG_MAP };
    const { status } = await authorization.createSubjectAccessReview({
      body: { spec: { user, resourceAttributes } },
    });
    return status?.allowed ?? false;
  };
  while ((await isAllowed('patch')) !== verbs.includes('patch')) {}
}
