import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, describe, expect, test } from 'vitest';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../src/index.ts';
import { restrictedPod } from './init-in.ts';
import { APPLY, canI, createNamespace, kubectl } from './kubectl.ts';
import { newChart, podSpec, yaml } from './manifests.ts';

const NAMESPACE = 'restricted-refresh';
const SECRET = MultisiteKubeconfig.DEFAULT_SECRET_NAME;

/** A pod with all that can be asked for: a refresher, a requested credential, a Secret. */
function refreshingPod() {
  const chart = newChart(NAMESPACE);
  const pod = restrictedPod(chart);
  const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
  new MultisiteInit(chart, 'Init', {
    pod,
    secret: MultisiteKubeconfig.secret(chart, 'Kubeconfig'),
    credential: SiteCredential.requested(site, { expiration: Duration.hours(8) }),
    refresh: true,
  });
  return chart;
}

describe('in a namespace that enforces Pod Security restricted', () => {
  const chart = refreshingPod();
  const account = podSpec(chart, 'Pod').serviceAccountName;
  const as = ['--as', `system:serviceaccount:${NAMESPACE}:${account}`];
  const can = (...args: string[]) => canI([...args, '-n', NAMESPACE, ...as]);
  let applied: string;

  beforeAll(async () => {
    await createNamespace(NAMESPACE, { 'pod-security.kubernetes.io/enforce': 'restricted' });
    applied = await kubectl(APPLY, yaml(chart));
  });

  test('a pod that refreshes a requested token in a Secret is created, all in one apply', () => {
    expect(applied).toMatch(/^pod\/\S+ created$/m);
  });

  test('is admitted with the refresher that the manifest says', async () => {
    const names = ['get', 'pods', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].spec.containers[*].name}'];
    expect(await kubectl(names)).toBe('app multisite-init-refresh');
  });

  test.each(['get', 'patch', 'watch'])('the pod may %s its Secret, and no other', async (verb) => {
    expect(await can(verb, `secret/${SECRET}`)).toBe(true);
    expect(await can(verb, 'secret/another')).toBe(false);
    expect(await can(verb, 'secrets')).toBe(false);
    expect(await can(verb, `configmap/${MultisiteKubeconfig.DEFAULT_NAME}`)).toBe(false);
  });

  test.each(['list', 'create', 'update', 'delete', 'deletecollection'])(
    'the pod may not %s Secrets, not even its own',
    async (verb) => {
      expect(await can(verb, `secret/${SECRET}`)).toBe(false);
      expect(await can(verb, 'secrets')).toBe(false);
    },
  );

  test('the pod may request tokens of the one ServiceAccount, and no other, not its own either', async () => {
    const mayRequest = (name: string) => can('create', `serviceaccount/${name}`, '--subresource=token');
    expect(await mayRequest('site')).toBe(true);
    expect(await mayRequest(account ?? '')).toBe(false);
    expect(await mayRequest('default')).toBe(false);
    expect(await can('create', 'serviceaccounts', '--subresource=token')).toBe(false);
    for (const verb of ['get', 'patch', 'delete', 'impersonate']) {
      expect(await can(verb, 'serviceaccount/site'), verb).toBe(false);
    }
  });

  test('the pod’s watch of the one Secret works, and that of all does not', async () => {
    const watch = (more: string) =>
      kubectl([
        'get',
        '--raw',
        `/api/v1/namespaces/${NAMESPACE}/secrets?watch=1&timeoutSeconds=1${more}`,
        ...as,
      ]);
    expect(JSON.parse(await watch(`&fieldSelector=metadata.name%3D${SECRET}`))).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: SECRET } },
    });
    await expect(watch('')).rejects.toThrow(/forbidden/i);
  });

  test('the pod gets a token of the one ServiceAccount for as long as the manifest says', async () => {
    const args = ['create', 'token', 'site', '-n', NAMESPACE, '--duration=8h', '-o', 'json', ...as];
    const { spec, status } = JSON.parse(await kubectl(args));
    expect(spec.expirationSeconds).toBe(8 * 3600);
    expect(status.token).toMatch(/^ey/);
  });

  test('the ServiceAccount of that token has no rights yet', async () => {
    const site = ['-n', NAMESPACE, '--as', `system:serviceaccount:${NAMESPACE}:site`];
    expect(await canI(['get', `secret/${SECRET}`, ...site])).toBe(false);
  });
});
