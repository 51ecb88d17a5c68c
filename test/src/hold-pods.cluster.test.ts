import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import {
  type CoreV1EventList,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type V1ClusterRoleList,
  type V1Deployment,
  type V1Pod,
  type V1PodList,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HoldPods, Metainit } from '../../src/index.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { startMetainit } from '../support/metainit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { newChart, yaml } from './manifests.ts';
import { workloadCluster } from './workload-cluster.ts';

const GATE = 'example.com/hold';
const LABEL = Metainit.DEFAULT_LABEL;
/** Has all rights in its namespaces, and no more. */
const USER = ['--as', 'bob'];
const DEPLOYER = ['--as', 'deployer'];
const NODE = ['--as', 'system:node:one', '--as-group', 'system:nodes'];
const PATIENCE = { timeout: 30_000, interval: 50 };
const CREATE = ['create', '-f', '-', '--validate=strict'];
const DRY = [...CREATE, '--dry-run=server', '-o', 'json'];

const cluster = workloadCluster();
const { kubectl, refusal, get } = cluster;
/** A namespace whose pods are held. */
let held: string;

function policies(): string {
  const chart = newChart(undefined);
  const metainit = new Metainit(chart, 'Metainit');
  new HoldPods(chart, 'Hold', {
    gate: GATE,
    namespaces: kplus.Namespaces.select(chart, 'Held', { labels: { hold: 'true' } }),
    metainit,
    mayRemoveGate: [kplus.User.fromName(chart, 'Releaser', 'releaser')],
    maySetLabel: [
      kplus.User.fromName(chart, 'Deployer', 'deployer'),
      kplus.Group.fromName(chart, 'Deployers', 'deployers'),
    ],
    kubernetesVersion: '1.36',
  });
  return yaml(chart);
}

function newNamespace(labels = { hold: 'true' }): Promise<string> {
  return cluster.createNamespace(labels, ['bob', 'deployer', 'releaser', 'system:node:one']);
}

function pod(name: string, metadata: object = {}, spec: object = {}): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'app', image: 'app' }], ...spec },
  };
}

const LABELLED = { labels: { [LABEL]: '' } };

async function gatesOf(name: string): Promise<string[]> {
  const { spec } = await get<V1Pod>('pod', name, '-n', held);
  return (spec?.schedulingGates ?? []).map((gate) => gate.name);
}

/** Waits until the API server knows the policies: each refuses or changes something by then. */
async function untilInForce(): Promise<void> {
  const namespace = await newNamespace();
  await vi.waitFor(async () => {
    const plain: V1Pod = JSON.parse(await kubectl([...DRY, '-n', namespace], pod('plain')));
    expect(plain.spec?.schedulingGates).toEqual([{ name: GATE }]);
    await refusal([...DRY, '-n', namespace], pod('bound', {}, { nodeName: 'one' }));
    await refusal([...DRY, '-n', namespace], pod('labelled', LABELLED));
  }, PATIENCE);
}

beforeAll(async () => {
  await kubectl(['apply', '--validate=strict', '-f', '-'], policies());
  await untilInForce();
});

beforeEach(async () => {
  held = await newNamespace();
});

test('a second apply changes nothing', async () => {
  const versions = () =>
    kubectl(['get', '-f', '-', '-o', 'jsonpath={.items[*].metadata.resourceVersion}'], text);
  const text = policies();
  const before = await versions();
  await kubectl(['apply', '--validate=strict', '-f', '-'], text);
  expect(await versions()).toBe(before);
});

describe('a new pod of a chosen namespace', () => {
  const rich = {
    schedulingGates: [{ name: 'other.example/first' }],
    containers: [
      {
        name: 'app',
        image: 'app',
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
    ],
  };

  test('is held, and keeps all of its own', async () => {
    await kubectl([...CREATE, '-n', held, ...USER], pod('rich', {}, rich));
    const { spec } = await get<V1Pod>('pod', 'rich', '-n', held);
    expect(spec?.schedulingGates).toEqual([...rich.schedulingGates, { name: GATE }]);
    expect(spec?.containers).toMatchObject(rich.containers);
  });

  test('is not held twice if it has the gate already', async () => {
    await kubectl([...CREATE, '-n', held], pod('gated', {}, { schedulingGates: [{ name: GATE }] }));
    expect(await gatesOf('gated')).toEqual([GATE]);
  });

  // The API server decides the order of the policies.
  test.each(['aa-strip', 'zz-strip'])('is held even if the policy %s removes all gates', async (name) => {
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        reinvocationPolicy: 'Never',
        matchConstraints: {
          objectSelector: { matchLabels: { strip: name } },
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
          ],
        },
        mutations: [
          {
            patchType: 'JSONPatch',
            jsonPatch: {
              expression:
                'has(object.spec.schedulingGates) ? [JSONPatch{op: "remove", path: "/spec/schedulingGates"}] : []',
            },
          },
        ],
      },
    };
    const binding = {
      apiVersion: policy.apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name },
    };
    const both = { apiVersion: 'v1', kind: 'List', items: [policy, binding] };
    await kubectl(CREATE, both);
    const open = await newNamespace({ hold: 'false' });
    const stripped = pod('stripped', { labels: { strip: name } }, { schedulingGates: [{ name: 'a/b' }] });
    await vi.waitFor(async () => {
      const { spec }: V1Pod = JSON.parse(await kubectl([...DRY, '-n', open], stripped));
      expect(spec?.schedulingGates).toBeUndefined();
    }, PATIENCE);
    await kubectl([...CREATE, '-n', held], stripped);
    expect(await gatesOf('stripped')).toEqual([GATE]);
  });

  test.each(['admin', 'bob'])('may not have a node, from %s', async (user) => {
    const as = user === 'admin' ? [] : ['--as', user];
    const bound = pod('bound', {}, { nodeName: 'one' });
    expect(await refusal([...CREATE, '-n', held, ...as], bound)).toContain(
      `denied request: a new pod needs the scheduling gate ${GATE} here, and a pod with a nodeName cannot have one: leave out nodeName`,
    );
  });

  test('may have a node if its creator may remove the gate', async () => {
    await kubectl([...CREATE, '-n', held, '--as', 'releaser'], pod('bound', {}, { nodeName: 'one' }));
    expect(await gatesOf('bound')).toEqual([]);
  });

  test('may be a mirror pod of a kubelet', async () => {
    const annotations = { 'kubernetes.io/config.mirror': 'a' };
    const mirror = pod('mirror', { annotations }, { nodeName: 'one' });
    expect(await refusal([...CREATE, '-n', held, ...USER], mirror)).toContain('needs the scheduling gate');
    await kubectl([...CREATE, '-n', held, ...NODE], mirror);
    expect(await gatesOf('mirror')).toEqual([]);
    await kubectl(['label', 'pod', 'mirror', '-n', held, 'a=b']);
  });
});

test.each(['kube-system', 'metainit'])(
  'the namespace %s is never held, even if it is chosen',
  async (name) => {
    await kubectl(['label', 'namespace', name, 'hold=true', '--overwrite']);
    const restricted = {
      securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'app',
          image: 'app',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    };
    await vi.waitFor(() => kubectl(['get', 'serviceaccount', 'default', '-n', name]), PATIENCE);
    const { spec }: V1Pod = JSON.parse(await kubectl([...DRY, '-n', name], pod('free', {}, restricted)));
    expect(spec?.schedulingGates).toBeUndefined();
  },
);

describe('the gate', () => {
  const remove = (name: string, ...as: string[]) => [
    ...['patch', 'pod', name, '-n', held, ...as],
    ...['-p', `{"spec":{"schedulingGates":[{"$patch":"delete","name":"${GATE}"}]}}`],
  ];

  beforeEach(() => kubectl([...CREATE, '-n', held], pod('one', {}, { schedulingGates: [{ name: 'a/b' }] })));

  test.each(['admin', 'bob', 'deployer'])('may not be removed by %s', async (user) => {
    const as = user === 'admin' ? [] : ['--as', user];
    expect(await refusal(remove('one', ...as))).toContain(
      `denied request: ${user} may not remove the scheduling gate ${GATE}; these may: system:serviceaccount:metainit:metainit, releaser`,
    );
    expect(await gatesOf('one')).toEqual(['a/b', GATE]);
  });

  test('may not be removed by a member of system:masters who is nobody else', async () => {
    const as = ['--as', 'root', '--as-group', 'system:masters'];
    expect(await refusal(remove('one', ...as))).toContain('root may not remove the scheduling gate');
  });

  test('may be removed by those that are named, and alone', async () => {
    await kubectl(remove('one', '--as', 'releaser'));
    expect(await gatesOf('one')).toEqual(['a/b']);
  });

  test('does not keep others from removing their gates, nor from other changes', async () => {
    await kubectl([
      'patch',
      'pod',
      'one',
      '-n',
      held,
      ...USER,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/schedulingGates/0"}]',
    ]);
    await kubectl(['label', 'pod', 'one', '-n', held, ...USER, 'a=b']);
    expect(await gatesOf('one')).toEqual([GATE]);
    await kubectl(['delete', 'pod', 'one', '-n', held, ...USER]);
  });

  test('has no other way out: not the subresources', async () => {
    const patch = ['-n', held, '--type=merge', '-p', '{"spec":{"schedulingGates":null}}'];
    for (const subresource of ['status', 'resize', 'ephemeralcontainers']) {
      await kubectl(['patch', 'pod', 'one', `--subresource=${subresource}`, ...patch]);
    }
    expect(await gatesOf('one')).toEqual(['a/b', GATE]);
  });
});

/** The objects with a pod or a pod template, and where its metadata is. */
const KINDS = new Map<string, (template: V1PodTemplateSpec) => object>([
  ['pods', ({ metadata, spec }) => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec })],
  ['podtemplates', (template) => ({ apiVersion: 'v1', kind: 'PodTemplate', template })],
  [
    'replicationcontrollers',
    (template) => ({
      apiVersion: 'v1',
      kind: 'ReplicationController',
      spec: { replicas: 1, selector: { app: 'a' }, template },
    }),
  ],
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map(
    (kind) =>
      [
        `${kind.toLowerCase()}s`,
        (template: V1PodTemplateSpec) => ({
          apiVersion: 'apps/v1',
          kind,
          spec: {
            ...(kind === 'DaemonSet' ? {} : { replicas: 1 }),
            selector: { matchLabels: { app: 'a' } },
            template,
          },
        }),
      ] as const,
  ),
  [
    'controllerrevisions',
    (template) => ({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      revision: 1,
      data: { spec: { template: { ...template, $patch: 'replace' } } },
    }),
  ],
  [
    'jobs',
    (template) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      spec: { suspend: true, template: endingOf(template) },
    }),
  ],
  [
    'cronjobs',
    (template) => ({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        schedule: '0 0 29 2 *',
        jobTemplate: { spec: { template: endingOf(template) } },
      },
    }),
  ],
]);

function endingOf({ metadata, spec }: V1PodTemplateSpec): object {
  return { metadata, spec: { ...spec, restartPolicy: 'Never' } };
}

function object(resource: string, name: string, labels: Readonly<Record<string, string>>): object {
  const { spec } = pod(name);
  const made = KINDS.get(resource)?.({ metadata: { name, labels: { app: 'a', ...labels } }, spec });
  const { metadata } = made as V1Pod;
  return { ...made, metadata: { ...metadata, name } };
}

/** Where the labels of the template are. */
function labelPath(resource: string): string {
  switch (resource) {
    case 'pods':
      return '/metadata/labels';
    case 'podtemplates':
      return '/template/metadata/labels';
    case 'cronjobs':
      return '/spec/jobTemplate/spec/template/metadata/labels';
    default:
      return '/spec/template/metadata/labels';
  }
}

const MAY_NOT = `may not set the label ${LABEL} of a pod, or change a pod template that has it; these may: deployer, group deployers`;

describe.each([...KINDS.keys()])('the label in %s', (resource) => {
  test('is refused from an ordinary user, and from an administrator', async () => {
    for (const [user, as] of [
      ['bob', USER],
      ['admin', []],
    ] as const) {
      expect(await refusal([...DRY, '-n', held, ...as], object(resource, 'new', { [LABEL]: '' }))).toContain(
        `denied request: ${user} ${MAY_NOT}`,
      );
    }
  });

  test('is accepted from those that are named', async () => {
    const labelled = object(resource, 'new', { [LABEL]: '' });
    await kubectl([...DRY, '-n', held, ...DEPLOYER], labelled);
    await kubectl(
      [...DRY, '-n', held, '--as', 'carol', '--as-group', 'deployers', '--as-group', 'system:masters'],
      labelled,
    );
  });

  test('is not needed: without it, anybody may', async () => {
    await kubectl([...CREATE, '-n', held, ...USER], object(resource, 'plain', {}));
    await kubectl(['annotate', resource, 'plain', '-n', held, ...USER, 'a=b']);
  });

  test('that is there stays through changes of others beside it', async () => {
    await kubectl([...CREATE, '-n', held, ...DEPLOYER], object(resource, 'there', { [LABEL]: '' }));
    await kubectl(['annotate', resource, 'there', '-n', held, ...USER, 'a=b']);
    await kubectl(['label', resource, 'there', '-n', held, ...USER, 'a=b']);
  });
});

/** The data of a ControllerRevision are immutable. */
const MUTABLE = [...KINDS.keys()].filter((resource) => resource !== 'controllerrevisions');

test.each(MUTABLE)(
  'an update that sets the label in %s is refused, except from those that are named',
  async (resource) => {
    const path = `${labelPath(resource)}/${LABEL.replace('/', '~1')}`;
    const patch = [
      ...['patch', resource, 'plain', '-n', held, '--dry-run=server'],
      ...['--type=json', '-p', JSON.stringify([{ op: 'add', path, value: 'x' }])],
    ];
    await kubectl([...CREATE, '-n', held, ...USER], object(resource, 'plain', {}));
    expect(await refusal([...patch, ...USER])).toContain(`denied request: bob ${MAY_NOT}`);
    await kubectl([...patch, ...DEPLOYER]);
  },
);

test('the status of a pod is no way to set the label', async () => {
  await kubectl([...CREATE, '-n', held], pod('one'));
  const patch = [
    'patch',
    'pod',
    'one',
    '-n',
    held,
    '--type=merge',
    '-p',
    JSON.stringify({ metadata: LABELLED }),
  ];
  expect(await refusal([...patch, '--subresource=status', ...USER])).toContain(MAY_NOT);
  for (const subresource of ['resize', 'ephemeralcontainers']) {
    await kubectl([...patch, `--subresource=${subresource}`, ...USER]);
  }
  const { metadata } = await get<V1Pod>('pod', 'one', '-n', held);
  expect(metadata?.labels).toBeUndefined();
});

describe('a workload that a permitted user labels', () => {
  /** Its pods, when there is this number of them. */
  const podsOf = (count: number) =>
    vi.waitFor(async () => {
      const { items } = await get<V1PodList>('pods', '-n', held, '-l', 'app=a');
      expect(items).toHaveLength(count);
      return items;
    }, PATIENCE);

  test.each(['deployments', 'replicasets', 'statefulsets', 'replicationcontrollers', 'jobs'])(
    'gets its pods from the controllers of Kubernetes, which hold the label and the gate: %s',
    async (resource) => {
      await kubectl([...CREATE, '-n', held, ...DEPLOYER], object(resource, 'one', { [LABEL]: '' }));
      if (resource === 'jobs') {
        await kubectl(['patch', 'job', 'one', '-n', held, ...USER, '-p', '{"spec":{"suspend":false}}']);
      }
      const [created] = await podsOf(1);
      expect(created?.metadata?.labels).toHaveProperty([LABEL]);
      expect(created?.spec?.schedulingGates).toEqual([{ name: GATE }]);
    },
  );

  test('can be scaled, but not changed, by an ordinary user', async () => {
    await kubectl([...CREATE, '-n', held, ...DEPLOYER], object('deployments', 'one', { [LABEL]: '' }));
    await kubectl(['scale', 'deployment', 'one', '-n', held, ...USER, '--replicas=2']);
    await podsOf(2);
    const setImage = ['set', 'image', 'deployment/one', '-n', held, 'app=mine'];
    expect(await refusal([...setImage, ...USER])).toContain(`denied request: bob ${MAY_NOT}`);
    await kubectl([...setImage, ...DEPLOYER]);
    const remove = { spec: { template: { metadata: { labels: { [LABEL]: null } } } } };
    await kubectl(['patch', 'deployment', 'one', '-n', held, ...USER, '-p', JSON.stringify(remove)]);
    await kubectl([...setImage.slice(0, -1), ...USER, 'app=mine:2']);
  });
});

test('exactly the controllers of Kubernetes that copy pod templates are exempt', async () => {
  const roles: V1ClusterRoleList = await get('clusterroles');
  const copying = roles.items
    .filter(({ metadata }) => metadata?.name?.startsWith('system:controller:'))
    .filter(({ rules = [] }) =>
      rules?.some(
        ({ resources = [], verbs }) =>
          verbs.includes('create') && resources.some((resource) => KINDS.has(resource)),
      ),
    )
    .map(({ metadata }) => metadata?.name?.replace('system:controller:', ''))
    // It creates pods that clean volumes, from no template of a user.
    .filter((name) => name !== 'persistent-volume-binder');
  const { spec } = await get<Policy>('validatingadmissionpolicy', 'example.com-hold-label');
  const { expression } = spec.variables.find(({ name }) => name === 'maySetLabel') ?? { expression: '' };
  const exempt = [...expression.matchAll(/system:serviceaccount:kube-system:([-a-z]+)/g)].map(
    ([, name]) => name,
  );
  expect(exempt.toSorted()).toEqual(copying.toSorted());
  const manager = ['--as', 'system:kube-controller-manager', '--as-group', 'system:masters'];
  await kubectl([...DRY, '-n', held, ...manager], object('pods', 'one', { [LABEL]: '' }));
});

interface Policy extends KubernetesObject {
  readonly spec: { readonly variables: readonly { readonly name: string; readonly expression: string }[] };
}

test('no policy has an expression that does not fit the types of its objects', async () => {
  await vi.waitFor(async () => {
    const { items } = await get<KubernetesListObject<WithStatus>>('validatingadmissionpolicies');
    expect(items.map(({ status }) => status)).toEqual(
      items.map(() => ({ observedGeneration: 1, typeChecking: {} })),
    );
  }, PATIENCE);
});

interface WithStatus extends KubernetesObject {
  readonly status?: object;
}

describe('metainit, with the rights that it has', () => {
  const NAMESPACE = 'metainit';

  /** The folder with the token of metainit's ServiceAccount. */
  async function serviceAccount(): Promise<{ readonly directory: string; readonly token: string }> {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(cluster.facts.kubeconfig);
    const token = await requestToken(kubeConfig, NAMESPACE, 'metainit');
    const directory = await temporaryFolder();
    await writeServiceAccount(directory, token, cluster.facts.ca);
    return { directory, token };
  }

  test('releases the labelled pods of a Deployment, and no others', async () => {
    await kubectl([...CREATE, '-n', held, ...USER], pod('other'));
    await kubectl([...CREATE, '-n', held, ...DEPLOYER], object('deployments', 'one', { [LABEL]: '' }));
    const { spec } = await get<V1Deployment>('deployment', 'metainit', '-n', NAMESPACE);
    const { directory } = await serviceAccount();
    const metainit = await startMetainit('bun', spec?.template.spec?.containers[0]?.args ?? [], {
      KUBERNETES_SERVICE_HOST: cluster.facts.host,
      KUBERNETES_SERVICE_PORT: String(cluster.facts.port),
      SERVICE_ACCOUNT_DIRECTORY: directory,
    });
    await metainit.ready();
    await vi.waitFor(async () => {
      const { items } = await get<V1PodList>('pods', '-n', held, '-l', LABEL);
      expect(items.map((each) => each.spec?.schedulingGates)).toEqual([undefined]);
    }, PATIENCE);
    expect(await gatesOf('other')).toEqual([GATE]);
    const events = await get<CoreV1EventList>('events', '-n', held, '--field-selector', 'reason=Released');
    expect(events.items).toHaveLength(1);
    expect(await metainit.stop()).toMatchObject({ exitCode: 0 });
  });

  test('has the priority level workload-high', async () => {
    const { token } = await serviceAccount();
    const { url, ca } = cluster.facts;
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const options = { ca, headers: { authorization: `Bearer ${token}` } };
      request(`${url}/api/v1/pods?limit=1`, options, (answer) => resolve(answer.resume().headers))
        .on('error', reject)
        .end();
    });
    const schema = await get('flowschema', 'metainit');
    const level = await get('prioritylevelconfiguration', 'workload-high');
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBe(schema.metadata?.uid);
    expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBe(level.metadata?.uid);
  });
});
