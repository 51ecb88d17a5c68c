import { randomBytes } from 'node:crypto';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import { beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { HelmVersion } from '../../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import { requestToken, writeServiceAccount } from '../../../start/service-account.ts';
import { APPLY, canI, createNamespace, kubectl } from '../../src/kubectl.ts';
import { admin } from '../../support/admin.ts';
import { chartFolder } from '../../support/helm-chart.ts';
import { type HelmRelease, helmRelease } from '../../support/helm-release.ts';
import { buildHelm, HELM_VERSIONS } from '../../support/helm-template.ts';
import { startMetainit } from '../../support/metainit.ts';
import { clusterScopedOf, contentsOf } from '../../support/release-contents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const GATE = 'example.com/hold';
const DEPLOYER = ['--as', 'deployer', '--as-group', 'system:masters'];
const PATIENCE = { timeout: 30_000, interval: 100 };

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

/** A release with names and a label of its own, because its objects are for the whole cluster, and a namespace to hold. */
interface MetainitRelease extends HelmRelease {
  readonly values: object;
  /** The values of a hold of the namespaces with the label of the release. */
  readonly hold: object;
  readonly label: string;
  /** The user name of metainit. */
  readonly user: string;
  readonly held: string;
}

async function newRelease(version: HelmVersion): Promise<MetainitRelease> {
  const id = randomBytes(4).toString('hex');
  const name = `metainit-${id}`;
  const label = `test-${id}.example.com/start`;
  const held = `held-${id}`;
  await createNamespace(held, { hold: id });
  const release = helmRelease(version, chartFolder('metainit'), 'metainit');
  // It is chosen too, but never held.
  await createNamespace(release.namespace, { hold: id, 'pod-security.kubernetes.io/enforce': 'restricted' });
  const hold = {
    gate: GATE,
    name: `hold-${id}`,
    namespaceSelector: { matchLabels: { hold: id } },
    maySetLabel: [{ kind: 'User', name: 'deployer' }],
  };
  const user = `system:serviceaccount:${release.namespace}:${name}`;
  return { ...release, values: { name, label }, hold, label, user, held };
}

function pod(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const container = {
    name: 'app',
    image: 'app',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    },
  });
}

const CREATE = ['create', '-f', '-', '-o', 'json', '--namespace'];

/** The names of the gates that a new pod would get. */
async function gatesOfNewPod(namespace: string): Promise<string[]> {
  const created = await kubectl([...CREATE, namespace, '--dry-run=server'], pod('probe'));
  const { spec } = JSON.parse(created) as V1Pod;
  return (spec?.schedulingGates ?? []).map(({ name }) => name);
}

async function untilInForce({ held, label }: MetainitRelease): Promise<void> {
  await vi.waitFor(async () => {
    expect(await gatesOfNewPod(held)).toEqual([GATE]);
    const labelled = kubectl([...CREATE, held, '--dry-run=server'], pod('labelled', { [label]: '' }));
    await expect(labelled).rejects.toThrow('may not set the label');
  }, PATIENCE);
}

const IN_ALL = '--all-namespaces';

describe.each(HELM_VERSIONS)('helm %s', (version) => {
  test('gives metainit the rights to release pods of all namespaces, and no others', async () => {
    const release = await newRelease(version);
    const as = ['--as', release.user];
    await release.install(release.values);
    for (const right of [
      ['list', 'pods'],
      ['watch', 'pods'],
      ['patch', 'pods'],
      ['create', 'events'],
    ]) {
      expect(await canI([...right, IN_ALL, ...as]), right.join(' ')).toBe(true);
    }
    for (const right of [
      ['delete', 'pods'],
      ['create', 'pods'],
      ['get', 'secrets'],
      ['patch', 'events'],
    ]) {
      expect(await canI([...right, IN_ALL, ...as]), right.join(' ')).toBe(false);
    }

    await release.run('uninstall');

    expect(await canI(['patch', 'pods', IN_ALL, ...as])).toBe(false);
  });

  test('upgrades to rights in some namespaces alone, and back', async () => {
    const release = await newRelease(version);
    const mayPatch = (...where: string[]) => canI(['patch', 'pods', ...where, '--as', release.user]);
    await release.install(release.values);

    await release.upgrade({ ...release.values, namespaces: [release.held] });
    expect(await mayPatch(IN_ALL)).toBe(false);
    expect(await mayPatch('--namespace', release.held)).toBe(true);
    expect(await mayPatch('--namespace', release.namespace)).toBe(false);

    await release.run('rollback', '1');
    expect(await mayPatch(IN_ALL)).toBe(true);
    expect(await kubectl(['get', 'roles,rolebindings', '-n', release.held, '-o', 'name'])).toBe('');
  });

  test('holds new pods of the selected namespaces, except its own, until an upgrade without a hold', async () => {
    const release = await newRelease(version);
    const { held, label, namespace } = release;
    await release.install({ ...release.values, hold: release.hold });
    await untilInForce(release);
    const free = `${held}-free`;
    await createNamespace(free);
    expect(await gatesOfNewPod(free)).toEqual([]);
    expect(await gatesOfNewPod(namespace)).toEqual([]);

    const labelled = pod('labelled', { [label]: '' });
    await kubectl([...CREATE, held, '--dry-run=server', ...DEPLOYER], labelled);
    await kubectl([...CREATE, held], pod('one'));
    const patch = JSON.stringify({ spec: { schedulingGates: [{ $patch: 'delete', name: GATE }] } });
    const remove = ['patch', 'pod', 'one', '-n', held, '-p', patch];
    await expect(kubectl(remove)).rejects.toThrow(
      `may not remove the scheduling gate ${GATE}; these may: ${release.user}`,
    );
    // kubectl reads the pod first, which metainit may not.
    await kubectl([...remove, '--as', release.user, '--as-group', 'system:masters']);

    await release.upgrade(release.values);
    await vi.waitFor(async () => expect(await gatesOfNewPod(held)).toEqual([]), PATIENCE);
    await vi.waitFor(() => kubectl([...CREATE, held, '--dry-run=server'], labelled), PATIENCE);
  });

  test('uninstalls all, and leaves nothing', async () => {
    const empty = `empty-${randomBytes(4).toString('hex')}`;
    await createNamespace(empty);
    const release = await newRelease(version);
    await release.install({ ...release.values, hold: release.hold });
    expect((await clusterScopedOf(release.namespace)).toSorted()).toEqual(
      [
        `ClusterRole/${release.user.split(':').at(-1)}`,
        `ClusterRoleBinding/${release.user.split(':').at(-1)}`,
        `FlowSchema/${release.user.split(':').at(-1)}`,
        ...['', '-gate', '-label'].flatMap((suffix) => {
          const kind = suffix === '' ? 'MutatingAdmissionPolicy' : 'ValidatingAdmissionPolicy';
          const name = `hold-${release.held.slice('held-'.length)}${suffix}`;
          return [`${kind}/${name}`, `${kind}Binding/${name}`];
        }),
      ].toSorted(),
    );

    await release.run('uninstall');

    expect(await contentsOf(release.namespace)).toEqual(await contentsOf(empty));
    expect(await clusterScopedOf(release.namespace)).toEqual([]);
  });
});

test('a second release needs another name', async () => {
  const release = await newRelease('v4');
  await release.install(release.values);
  const second = await newRelease('v4');
  await expect(second.install(release.values)).rejects.toThrow(
    /ClusterRole "[^"]*" in namespace "" exists and cannot be imported/,
  );
  await second.install(second.values);
});

test('the pods of the Deployment are restricted', async () => {
  const release = await newRelease('v4');
  await release.install(release.values);
  const { spec } = await deployment(release);
  const metadata = { name: 'replica', namespace: release.namespace };
  const replica = { apiVersion: 'v1', kind: 'Pod', metadata, spec: spec?.template.spec };
  expect(await kubectl([...APPLY, '--dry-run=server'], JSON.stringify(replica))).toContain(
    'pod/replica created',
  );
});

async function deployment({ namespace }: MetainitRelease): Promise<V1Deployment> {
  const { items } = JSON.parse(await kubectl(['get', 'deployments', '-n', namespace, '-o', 'json']));
  return items[0];
}

test('the program of the Deployment releases labelled pods of the hold, with the rights of the release', async () => {
  const release = await newRelease('v4');
  const { held, label, namespace } = release;
  await release.install({ ...release.values, gates: [GATE], logFormat: 'json', hold: release.hold });
  await untilInForce(release);
  const { template } = (await deployment(release)).spec ?? {};
  const account = template?.spec?.serviceAccountName ?? '';
  const { host, port, ca } = inject('controlPlane');
  const directory = await temporaryFolder();
  await writeServiceAccount(directory, await requestToken(admin(), namespace, account), ca);
  const args = template?.spec?.containers[0]?.args ?? [];
  // The program gets a flag for its port, which belongs before `--`.
  const end = args.indexOf('--');
  expect(args.slice(end)).toEqual(['--', label]);
  const metainit = await startMetainit('bun', [...args.slice(0, end), label], {
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: String(port),
    SERVICE_ACCOUNT_DIRECTORY: directory,
  });
  await metainit.ready();

  await kubectl([...CREATE, held], pod('plain'));
  await kubectl([...CREATE, held, ...DEPLOYER], pod('labelled', { [label]: '' }));

  await metainit.reaches('pods_released_total', 1);
  const gates = (name: string) =>
    kubectl(['get', 'pod', name, '-n', held, '-o', 'jsonpath={.spec.schedulingGates[*].name}']);
  expect(await gates('labelled')).toBe('');
  expect(await gates('plain')).toBe(GATE);
});
