import type { V1Pod } from '@kubernetes/client-node';
import { ApiObject, type Chart, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SiteCredential } from '../../src/index.ts';
import { APPLY, createNamespace, kubectl } from '../src/kubectl.ts';
import { newChart, yaml } from '../src/manifests.ts';
import { APPLICATION_USER, addApplication, KUBECONFIG } from './application.ts';
import { execIn, restartsOf, runningPod, untilKubeconfig } from './running-pods.ts';
import { tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

const NAMESPACE = 'e2e-restricted';
const SITE = `system:serviceaccount:${NAMESPACE}:site`;
const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const OWN_TOKEN_MOUNT = '/var/run/own';

/** Applications whose manifests do not ask for an API token. */
const UNASKING = ['initialized', 'refreshed'];

const pods = new Map<string, V1Pod>();
const podOf = (name: string) => {
  const pod = pods.get(name);
  if (pod === undefined) {
    throw new Error(`there is no pod of Deployment ${name}`);
  }
  return pod;
};

function chartOfAll(): Chart {
  const chart = newChart(NAMESPACE);
  const site = new kplus.ServiceAccount(chart, 'site', { metadata: { name: 'site' } });
  const credential = SiteCredential.requested(site);
  addApplication(chart, 'initialized', { credential });
  addApplication(chart, 'refreshed', { credential, refresh: true });
  addApplication(chart, 'asking', {
    credential,
    refresh: true,
    deployment: { automountServiceAccountToken: true },
  });
  ApiObject.of(addApplication(chart, 'projecting', { credential, refresh: true })).addJsonPatch(
    ...ownToken(),
  );
  return chart;
}

/** The token volume of an application that wants one in a place of its own, which cdk8s-plus cannot express. */
function ownToken(): JsonPatch[] {
  const spec = '/spec/template/spec';
  const sources = [{ serviceAccountToken: { path: 'token' } }];
  return [
    JsonPatch.add(`${spec}/volumes/-`, { name: 'own', projected: { sources } }),
    JsonPatch.add(`${spec}/containers/0/volumeMounts/-`, { name: 'own', mountPath: OWN_TOKEN_MOUNT }),
  ];
}

beforeAll(async () => {
  await createNamespace(NAMESPACE, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  await kubectl(APPLY, yaml(chartOfAll()));
  for (const name of [...UNASKING, 'asking', 'projecting']) {
    const pod = await runningPod(NAMESPACE, name);
    await untilKubeconfig(pod);
    pods.set(name, pod);
  }
});

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE]));

/** The files in which a container finds something like a token, and the environment of its processes. */
async function tokensIn(pod: V1Pod): Promise<string[]> {
  const search =
    'find / /proc/self/environ \\( -path /proc -o -path /sys \\) -prune -o -type f -exec grep -lE "eyJ[A-Za-z0-9_-]{10,}\\.eyJ" {} + 2>/dev/null';
  const found = await execIn(pod, 'sh', '-c', `${search} || true`);
  return found.trim().split('\n');
}

test.each(UNASKING)('3: a namespace that enforces restricted runs the %s pod', (name) => {
  const pod = podOf(name);
  expect(pod.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.exitCode)).toEqual([0]);
  const containers = name === 'refreshed' ? ['application', 'multisite-init-refresh'] : ['application'];
  expect(pod.spec?.containers.map((container) => container.name)).toEqual(containers);
  expect(restartsOf(pod)).toEqual(containers.map(() => 0));
});

test.each(UNASKING)('3: the application of the %s pod reads the kubeconfig, and it works', async (name) => {
  const pod = podOf(name);
  expect(await execIn(pod, 'id', '-u')).toBe(`${APPLICATION_USER}\n`);
  expect(await whoIs(tokenOf(await execIn(pod, 'cat', KUBECONFIG)))).toBe(SITE);
});

test.each(UNASKING)('3: nowhere in the application of the %s pod is a token of the API', async (name) => {
  const pod = podOf(name);
  // That it finds the kubeconfig's token shows that it searches.
  const kubeconfig = await execIn(pod, 'readlink', '-f', KUBECONFIG);
  expect(await tokensIn(pod)).toEqual([kubeconfig.trim()]);
  expect(await execIn(pod, 'cat', '/proc/self/mounts')).not.toContain('serviceaccount');
  await expect(execIn(pod, 'ls', TOKEN_MOUNT)).rejects.toThrow('No such file or directory');
});

test.each([
  ['asking', TOKEN_MOUNT],
  ['projecting', OWN_TOKEN_MOUNT],
])(
  '3: the application of the %s pod, which wants a token, has its own, and it works',
  async (name, mount) => {
    const pod = podOf(name);
    const token = await execIn(pod, 'cat', `${mount}/token`);
    expect(await whoIs(token)).toBe(`system:serviceaccount:${NAMESPACE}:${pod.spec?.serviceAccountName}`);
  },
);

test('3: the same pod with an init container that is not restricted is refused', async () => {
  const { spec } = podOf('refreshed');
  const [init, ...others] = spec?.initContainers ?? [];
  const loosened = { ...init, securityContext: { ...init?.securityContext, capabilities: {} } };
  const pod = (initContainer: object) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'judged', namespace: NAMESPACE },
      spec: { ...spec, nodeName: undefined, initContainers: [initContainer, ...others] },
    });
  const apply = ['create', '--dry-run=server', '-f', '-'];
  expect(await kubectl(apply, pod({ ...init }))).toContain('pod/judged created');
  await expect(kubectl(apply, pod(loosened))).rejects.toThrow(
    'violates PodSecurity "restricted:latest": unrestricted capabilities (container "multisite-init" must set ' +
      'securityContext.capabilities.drop=["ALL"])',
  );
});
