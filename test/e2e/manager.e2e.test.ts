import type { CoreV1EventList, V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { BUSYBOX_IMAGE } from '../../devcluster/images/busybox-image.ts';
import { KUBECONFIG } from '../../start/deploy.ts';
import { nameOf } from '../../start/manifests.ts';
import { openBook } from '../docs/book.ts';
import { adminOf, sitDown } from '../docs/desk.ts';
import { kubectl } from '../src/kubectl.ts';
import { killNodeServices, killServicesAndContainers } from './kill-in-node.ts';
import { machineSettings } from './machine-settings.ts';
import { Manager } from './manager.ts';
import { POD_WITHIN, restartsOf } from './running-pods.ts';
import { editDocument, readDocument, sitesIn, tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

// Of one manager: each scenario goes on with what the one before has left.

const NAMESPACE = 'e2e-manager';
const COMPONENTS = 'e2e-components';
const POD_ACCOUNT = `system:serviceaccount:${NAMESPACE}:dcae-cloudify-manager`;
const SITE_ACCOUNT = `${POD_ACCOUNT}-site`;

const manager = new Manager(NAMESPACE, COMPONENTS);

let settings: string[];

beforeAll(async () => {
  settings = await machineSettings();
  await manager.apply();
});

afterAll(() => manager.delete());

/** Its pod when all was well. */
let pod: V1Pod;

test('1: the manifests, applied unchanged, start a manager after an init container that ended with 0', async () => {
  pod = await manager.pod();
  expect(pod.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.exitCode)).toEqual([0]);
  await manager.untilBooted();
  expect(restartsOf(await manager.pod())).toEqual([0, 0]);
});

test('1: the kubeconfig appears in the running container', async () => {
  await expectMounted(await readDocument(NAMESPACE));
});

test('1: a Kubernetes client inside deploys a workload to the component namespace, and it runs', async () => {
  await manager.deployRunning('first');
});

test.each(['default', NAMESPACE])('1: the same client is refused in namespace %s', async (namespace) => {
  await expect(manager.deploy(namespace, 'first')).rejects.toThrow('403 Forbidden');
});

test("1: the pod's token is where clients inside look for it, and it works", async () => {
  expect(await manager.python(WHO_AM_I)).toBe(`${POD_ACCOUNT}\n`);
});

test('1: it is Ready when its services run, and kubectl tells which one does not', async () => {
  await manager.exec('systemctl', 'stop', 'cloudify-rabbitmq');
  await vi.waitFor(async () => {
    expect(await warnings()).toContain('Readiness probe failed: not running: RabbitMQ (Inactive)\n');
  }, POD_WITHIN);
  await manager.exec('systemctl', 'start', 'cloudify-rabbitmq');
  await manager.untilReady();
});

test('1: its Service answers another pod at port 80', async () => {
  expect(await callService()).toContain('"edition": "community"');
});

test('1: who follows docs/install.md sees that it works', async () => {
  const book = await openBook('docs/install.md');
  const desk = await sitDown({ central: adminOf(inject('node')) });
  const here = (text: string) => text.replaceAll('-n cloudify ', `-n ${NAMESPACE} `);
  for (const part of ['rollout status', 'logs deployment']) {
    const [typed = '', shown] = here(book.take('console', part))
      .split(/^\$ |\n/)
      .slice(1);
    expect(await desk.type(typed)).toBe(`${shown}\n`);
  }
  const [, command = ''] = /^\$ (.*)$/m.exec(here(book.take('console', 'port-forward'))) ?? [];
  const port = String(await freePort());
  const forward = `${command.replace('8080', port)} >&2 & trap "kill $!" EXIT`;
  const ask = `curl --fail --silent --retry 20 --retry-connrefused http://localhost:${port}/api/v3.1/version`;
  expect(await desk.type(`${forward}\n${ask}`)).toContain('"edition": "community"');
});

/** The document at the end of scenario 2. */
let edited: string;

test('2: a second site that was added by hand reaches the running manager', async () => {
  edited = await editDocument(NAMESPACE, withHarbour);
  expect(sitesIn(edited)).toEqual(['harbour', 'central']);
  await expectMounted(edited);
});

test('2: when its pod is deleted another one comes back, with what the manager had kept', async () => {
  await manager.putBlueprint('kept', 'before the pod was deleted');
  await kubectl(['delete', 'pod', '-n', NAMESPACE, nameOf(pod)]);

  const next = await manager.pod();
  expect(nameOf(next)).not.toBe(nameOf(pod));
  expect(await manager.blueprint('kept')).toBe('before the pod was deleted');
  await manager.untilBooted();
  pod = next;
});

test('2: the second site is there byte for byte, and the first one works', async () => {
  const document = await readDocument(NAMESPACE);
  expect(withoutToken(document)).toBe(withoutToken(edited));
  await expectMounted(document);
  expect(await whoIs(tokenOf(document))).toBe(SITE_ACCOUNT);
  await manager.deployRunning('second');
});

test('7: killed kubelet and containerd come back, to the containers that ran on, and find them Ready', async () => {
  await killNodeServices();
  expect(await manager.blueprint('kept')).toBe('before the pod was deleted');
  await manager.deployRunning('third');
  await expectRefresher();
  await manager.untilReady();
  expect(containersOf(await manager.pod())).toEqual(containersOf(pod));
});

test('7: killed with kubelet and containerd, its containers start again, with what the manager had kept', async () => {
  await killServicesAndContainers();
  await vi.waitFor(async () => expect(restartsOf(await manager.pod())).toEqual([1, 1]), POD_WITHIN);
  expect(await manager.blueprint('kept')).toBe('before the pod was deleted');
  await manager.untilBooted();
  await manager.deployRunning('fourth');
  await expectRefresher();
  await manager.untilReady();
  expect(await callService()).toContain('"edition": "community"');
});

test('1: a privileged manager leaves the settings of its machine alone', async () => {
  expect(await machineSettings()).toEqual(settings);
});

test('1: what docs/install.md says to remove is removed', async () => {
  const book = await openBook('docs/install.md');
  const desk = await sitDown({ central: adminOf(inject('node')) });
  const here = (text: string) => text.replace('dist/', manager.folder);
  await desk.type(here(book.take('sh', 'kubectl delete')));
  expect(await desk.type(here('kubectl get -f dist/ --ignore-not-found -o name'))).toBe('');
});

const WHO_AM_I = `
from kubernetes import client, config

config.load_incluster_config()
path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
review, *_ = client.ApiClient().call_api(path, "POST", body={}, response_type="object", auth_settings=["BearerToken"])
print(review["status"]["userInfo"]["username"])
`;

/** In a style that no program writes. */
const HARBOUR = {
  clusters: `- cluster: {server: 'https://harbour.example:6443'}   # by hand\n  name: "harbour"\n`,
  contexts: '- {name: harbour,  context: {cluster: harbour, user: harbour}}\n',
  users: '# asked for by the port authority\n- name: harbour\n  user:\n      token:   theirs\n',
};

function withHarbour(document: string): string {
  return Object.entries(HARBOUR).reduce(
    (text, [list, entry]) => text.replace(`\n${list}:\n`, `\n${list}:\n${entry}`),
    document,
  );
}

function withoutToken(document: string): string {
  return document.replace(tokenOf(document), 'TOKEN');
}

/** Waits until a document is what the manager reads. */
async function expectMounted(document: string): Promise<void> {
  expect(tokenOf(document)).not.toBe('');
  await vi.waitFor(async () => expect(await manager.exec('cat', KUBECONFIG)).toBe(document), POD_WITHIN);
}

/** The refresher writes an entry again that somebody broke, and nothing else. */
async function expectRefresher(): Promise<void> {
  const broken = await editDocument(NAMESPACE, (document) => document.replace(tokenOf(document), 'broken'));
  const document = await vi.waitFor(async () => {
    const now = await readDocument(NAMESPACE);
    expect(await whoIs(tokenOf(now))).toBe(SITE_ACCOUNT);
    return now;
  }, POD_WITHIN);
  expect(withoutToken(document)).toBe(withoutToken(broken));
}

async function warnings(): Promise<(string | undefined)[]> {
  const events: CoreV1EventList = JSON.parse(
    await kubectl(['get', 'events', '-n', NAMESPACE, '--field-selector=type=Warning', '-o', 'json']),
  );
  return events.items.map(({ message }) => message);
}

/**
 * What the manager's Service answers a pod that is made for this, and which asks again until kube-proxy knows that the manager is Ready.
 * There is no DNS: the kubelet tells pods the address.
 */
async function callService(): Promise<string> {
  const caller = ['caller', '-n', NAMESPACE];
  const url = 'http://$DCAE_CLOUDIFY_MANAGER_SERVICE_HOST:80/api/v3.1/version';
  const ask = `until timeout 5 wget -q -O - "${url}"; do sleep 1; done`;
  const flags = [`--image=${BUSYBOX_IMAGE}`, '--image-pull-policy=IfNotPresent', '--restart=Never'];
  await kubectl(['run', ...caller, ...flags, '--', 'sh', '-c', ask]);
  try {
    const succeeded = '--for=jsonpath={.status.phase}=Succeeded';
    await kubectl(['wait', 'pod', ...caller, succeeded, '--timeout=60s']);
    return await kubectl(['logs', ...caller]);
  } catch (error) {
    const said = await kubectl(['logs', ...caller, '--tail=5']).catch(String);
    throw new Error(`the Service gave no answer: ${said}`, { cause: error });
  } finally {
    await kubectl(['delete', 'pod', ...caller, '--now']);
  }
}

function containersOf({ status }: V1Pod): (string | undefined)[] {
  return (status?.containerStatuses ?? []).map(({ containerID }) => containerID);
}
