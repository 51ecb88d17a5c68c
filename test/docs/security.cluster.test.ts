import { randomBytes } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { requestToken } from '../../start/service-account.ts';
import { canI, createNamespace, kubectl } from '../src/kubectl.ts';
import { createAccount, tokenIn } from '../support/accounts.ts';
import { allow } from '../support/allow.ts';
import { ENGINE_NAMES } from '../support/multisite-init.ts';
import { createSite } from '../support/site.ts';
import { outerAddress, startFront } from '../support/tls-front.ts';

/** What docs/security.md says, where no other test does. */
describe.each([
  ['the pod’s own token', []],
  ['a requested token', ['--token-source=request', '--service-account=deployer']],
])('with %s', (_, args) => {
  test.each(ENGINE_NAMES)(
    'nothing is sent to an address that stands in the document, on %s',
    async (engine) => {
      const site = await createSite();
      await createAccount(site, 'deployer');
      await allow(site, 'serviceaccounts/token', 'deployer', 'create');
      const strangers = await startFront(outerAddress());
      const token = await requestToken(site.kubeConfig, site.namespace, 'deployer');
      await site.run(engine, args);
      const document = (await site.document())
        .replace(/server: \S+/, `server: ${strangers.url}`)
        .replace(/(authority-data: )\S+/, `$1${Buffer.from(strangers.ca).toString('base64')}`)
        .replace(/token: \S+/, `token: ${token}`);
      await site.setDocument(document);

      expect(await site.run(engine, [...args, '--verify'], {}, [token])).toMatchObject({ exitCode: 0 });

      expect(strangers.connections()).toBe(0);
      const { clusters } = await site.kubeconfig();
      const { url, ca } = inject('controlPlane');
      const data = Buffer.from(ca.trim()).toString('base64');
      expect(clusters[0].cluster).toEqual({ server: url, 'certificate-authority-data': data });
      expect(await tokenIn(site)).toBe(args.length === 0 ? site.token : token);
    },
  );
});

describe('the built-in roles, in the namespace of the kubeconfig,', () => {
  // The rules of `view` and `edit`, which a controller that does not run here puts together.
  test.each([
    ['view', ['get', 'configmaps'], true],
    ['view', ['get', 'pods', '--subresource=log'], true],
    ['view', ['get', 'secrets'], false],
    ['view', ['create', 'serviceaccounts', '--subresource=token'], false],
    ['edit', ['get', 'secrets'], true],
    ['edit', ['patch', 'configmaps'], true],
    ['edit', ['create', 'pods'], true],
    ['edit', ['create', 'serviceaccounts', '--subresource=token'], true],
  ])('`%s`: may %j? %j', async (role, question, answer) => {
    const namespace = `roles-${randomBytes(4).toString('hex')}`;
    await createNamespace(namespace);
    const rules = `--clusterrole=system:aggregate-to-${role}`;
    await kubectl(['create', 'rolebinding', role, '-n', namespace, rules, '--user=somebody']);
    expect(await canI([...question, '-n', namespace, '--as=somebody'])).toBe(answer);
  });
});
