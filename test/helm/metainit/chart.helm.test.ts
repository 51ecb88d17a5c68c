import type { KubernetesObject, V1Deployment } from '@kubernetes/client-node';
import { type Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, describe, expect, test } from 'vitest';
import type { HelmVersion } from '../../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import { HoldPods, type HoldPodsProps, LogFormat, Metainit, type MetainitProps } from '../../../src/index.ts';
import { manifests, mistakesIn, newChart } from '../../src/manifests.ts';
import { helm } from '../../support/helm.ts';
import { chartFolder } from '../../support/helm-chart.ts';
import {
  buildHelm,
  comparable,
  HELM_VERSIONS,
  helmNotes,
  helmTemplate,
  objectsIn,
} from '../../support/helm-template.ts';

const CHART = chartFolder('metainit');
const DIGEST = `sha256:${'0a'.repeat(32)}`;

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

function template(values: object, version: HelmVersion = 'v4', ...flags: string[]): Promise<string> {
  return helmTemplate(CHART, values, { version, namespace: 'metainit', flags });
}

/** What the constructs render. The chart has a value for the label and for the log format, so both are given. */
function rendered({ props = () => ({}), hold }: Rendering): KubernetesObject[] {
  const target = newChart(undefined);
  const metainit = new Metainit(target, 'Metainit', {
    label: Metainit.DEFAULT_LABEL,
    logFormat: LogFormat.text(),
    createNamespace: false,
    ...props(target),
  });
  if (hold !== undefined) {
    new HoldPods(target, 'Hold', { metainit, kubernetesVersion: '1.36', ...hold(target) });
  }
  return manifests(target);
}

interface Rendering {
  readonly props?: (chart: Chart) => MetainitProps;
  readonly hold?: (chart: Chart) => Omit<HoldPodsProps, 'metainit'>;
}

const USER = { kind: 'User', name: 'deployer' };
const HOLD = { gate: 'example.com/hold', namespaceSelector: {}, maySetLabel: [USER] };

/** The props of `HOLD`. */
function holdAll(chart: Chart): Omit<HoldPodsProps, 'metainit'> {
  return {
    gate: 'example.com/hold',
    namespaces: kplus.Namespaces.all(chart, 'All'),
    maySetLabel: [kplus.User.fromName(chart, 'Deployer', 'deployer')],
  };
}

const CASES: readonly [string, object, Rendering][] = [
  ['nothing', {}, {}],
  ['a name', { name: 'release-pods' }, { props: () => ({ metadata: { name: 'release-pods' } }) }],
  [
    'an image',
    {
      image: { repository: 'registry.example:5000/multisite', tag: '7' },
      imagePullSecrets: [{ name: 'pull' }],
    },
    {
      props: (target) => ({
        image: { repository: 'registry.example:5000/multisite', tag: '7' },
        dockerRegistryAuth: kplus.Secret.fromSecretName(target, 'Pull', 'pull'),
      }),
    },
  ],
  [
    'the digest of an image',
    { image: { tag: 'ignored', digest: DIGEST } },
    { props: () => ({ image: { digest: DIGEST } }) },
  ],
  [
    'a label, gates and JSON',
    { label: 'example.com/start', gates: ['example.com/hold', 'Other_1'], logFormat: 'json' },
    {
      props: () => ({
        label: 'example.com/start',
        gates: ['example.com/hold', 'Other_1'],
        logFormat: LogFormat.json(),
      }),
    },
  ],
  [
    'namespaces',
    { namespaces: ['apps', 'batch'] },
    {
      props: () => ({ namespaces: ['apps', 'batch'] }),
    },
  ],
  ['no resources', { resources: null }, { props: () => ({ resources: {} }) }],
  [
    'resources',
    { resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '256Mi' } } },
    {
      props: () => ({
        resources: {
          cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.units(1) },
          memory: { request: Size.mebibytes(128), limit: Size.mebibytes(256) },
        },
      }),
    },
  ],
  ['a hold of all namespaces', { hold: HOLD }, { hold: holdAll }],
  [
    'a hold by metainit of another name and label',
    { name: 'other', label: 'example.com/start', hold: HOLD },
    { props: () => ({ metadata: { name: 'other' }, label: 'example.com/start' }), hold: holdAll },
  ],
  [
    'a hold whose gate is one of two that metainit removes',
    { gates: ['example.com/quota', 'example.com/hold'], hold: HOLD },
    { props: () => ({ gates: ['example.com/quota', 'example.com/hold'] }), hold: holdAll },
  ],
  [
    'a hold with another name',
    { hold: { ...HOLD, gate: 'Example_Gate', name: 'hold.new-pods' } },
    {
      hold: (target) => ({
        ...holdAll(target),
        gate: 'Example_Gate',
        metadata: { name: 'hold.new-pods' },
      }),
    },
  ],
  [
    'a hold of selected namespaces',
    {
      hold: {
        ...HOLD,
        namespaceSelector: {
          matchLabels: { team: 'a', 'example.com/held': 'true' },
          matchExpressions: [
            { key: 'stage', operator: 'In', values: ['1', 'no'] },
            { key: 'example.com/free', operator: 'DoesNotExist' },
          ],
        },
      },
    },
    {
      hold: (target) => ({
        ...holdAll(target),
        namespaces: kplus.Namespaces.select(target, 'Selected', {
          labels: { team: 'a', 'example.com/held': 'true' },
          expressions: [
            kplus.LabelExpression.in('stage', ['1', 'no']),
            kplus.LabelExpression.doesNotExist('example.com/free'),
          ],
        }),
      }),
    },
  ],
  [
    'subjects of all kinds',
    {
      hold: {
        ...HOLD,
        mayRemoveGate: [
          { kind: 'Group', name: 'releasers' },
          { kind: 'ServiceAccount', name: 'releaser', namespace: 'apps' },
        ],
        maySetLabel: [
          USER,
          { kind: 'ServiceAccount', name: 'argo', namespace: 'cd' },
          { kind: 'Group', name: 'platform' },
          { kind: 'Group', name: 'oidc:admins' },
        ],
      },
    },
    {
      hold: (target) => {
        const account = (name: string, namespaceName: string) =>
          kplus.ServiceAccount.fromServiceAccountName(target, name, name, { namespaceName });
        const group = (name: string) => kplus.Group.fromName(target, `Group-${name}`, name);
        const all = holdAll(target);
        return {
          ...all,
          mayRemoveGate: [group('releasers'), account('releaser', 'apps')],
          maySetLabel: [...all.maySetLabel, account('argo', 'cd'), group('platform'), group('oidc:admins')],
        };
      },
    },
  ],
  [
    'a label that nobody may set',
    { hold: { ...HOLD, maySetLabel: [] } },
    { hold: (target) => ({ ...holdAll(target), maySetLabel: [] }) },
  ],
];

/** Texts that YAML would take for something else if they were not quoted. */
const WORDS: readonly [string, object, Rendering][] = [
  [
    'names',
    { name: '1e3', label: 'null', gates: ['no', '0x10'], namespaces: ['1', 'no'] },
    {
      props: () => ({
        metadata: { name: '1e3' },
        label: 'null',
        gates: ['no', '0x10'],
        namespaces: ['1', 'no'],
      }),
    },
  ],
  [
    'a gate and a Secret',
    { imagePullSecrets: [{ name: '1' }], hold: { ...HOLD, gate: '1' } },
    {
      props: (target) => ({ dockerRegistryAuth: kplus.Secret.fromSecretName(target, 'Pull', '1') }),
      hold: (target) => ({ ...holdAll(target), gate: '1' }),
    },
  ],
];

const ODD = [
  '"',
  "it's",
  'a\\b',
  'a: #b',
  '%s',
  '<&>',
  '{{ .Release.Name }}',
  'Köln 東京 🏙',
  'a\nb',
  '$(X) $$',
];

describe.each(HELM_VERSIONS)('helm %s', (version) => {
  test('finds nothing to complain about', async () => {
    expect(await helm(version, ['lint', '--strict', CHART])).toContain(
      '1 chart(s) linted, 0 chart(s) failed',
    );
  });

  test.each(CASES)('renders what the constructs render: %s', async (_, values, rendering) => {
    expect(comparable(objectsIn(await template(values, version)))).toEqual(comparable(rendered(rendering)));
  });

  test.each(WORDS)('leaves texts the texts that they are: %s', async (_, values, rendering) => {
    expect(comparable(objectsIn(await template(values, version)))).toEqual(comparable(rendered(rendering)));
  });

  test.each(ODD)('leaves the name %s of a user and a group as it is', async (name) => {
    const subjects = [
      { kind: 'User', name },
      { kind: 'Group', name },
    ];
    const values = { hold: { ...HOLD, mayRemoveGate: subjects, maySetLabel: subjects } };
    const hold = (target: Chart) => {
      const both = [kplus.User.fromName(target, 'Odd', name), kplus.Group.fromName(target, 'OddGroup', name)];
      return { ...holdAll(target), mayRemoveGate: both, maySetLabel: both };
    };
    expect(comparable(objectsIn(await template(values, version)))).toEqual(comparable(rendered({ hold })));
  });

  test('renders the beta API of MutatingAdmissionPolicy for Kubernetes 1.34 and 1.35', async () => {
    for (const kubernetesVersion of ['1.34', '1.35']) {
      const text = await template({ hold: HOLD }, version, `--kube-version=${kubernetesVersion}`);
      const hold = (target: Chart) => ({ ...holdAll(target), kubernetesVersion });
      expect(comparable(objectsIn(text))).toEqual(comparable(rendered({ hold })));
    }
  });

  test('renders the FlowSchema only if the API server has its API', async () => {
    const kinds = async (kubernetesVersion: string) =>
      objectsIn(await template({}, version, `--kube-version=${kubernetesVersion}`)).map(({ kind }) => kind);
    const old = await kinds('1.28');
    expect([...old, 'FlowSchema'].toSorted()).toEqual((await kinds('1.29')).toSorted());
  });
});

test('the namespace kube-system is named once among those that are never held', async () => {
  const text = await helmTemplate(CHART, { hold: HOLD }, { namespace: 'kube-system' });
  const props = () => ({ namespaceName: 'kube-system' });
  expect(comparable(objectsIn(text))).toEqual(comparable(rendered({ props, hold: holdAll })));
});

test('the PodDisruptionBudget and the anti-affinity select the pods of their own release alone', async () => {
  const text = await template({ name: 'other' });
  const label = '"cdk8s.io/metadata.addr":"other"';
  expect(JSON.stringify(objectsIn(text)).split(label)).toHaveLength(5);
  const deployment = objectsIn(text).find(({ kind }) => kind === 'Deployment') as V1Deployment;
  expect(deployment.spec?.template.metadata?.labels).toMatchObject({ 'cdk8s.io/metadata.addr': 'other' });
});

describe('the notes', () => {
  const notes = (values: object, version: HelmVersion = 'v4') =>
    helmNotes(CHART, values, { version, namespace: 'releasers' });

  test.each(HELM_VERSIONS)(
    'of helm %s say how to label a controller, and how to see it work',
    async (version) => {
      const said = await notes({ name: 'm', label: 'example.com/start' }, version);
      expect(said).toContain('\n  kubectl -n releasers rollout status deployment/m\n');
      expect(said).toContain('\n  kubectl -n releasers logs deployment/m\n');
      expect(said).toContain(
        `\n  kubectl -n NAMESPACE patch deployment NAME --patch '{"spec":{"template":{"metadata":{"labels":{"example.com/start":""}}}}}'\n`,
      );
      expect(said).toContain('This release holds no pods.');
    },
  );

  test('say how to see that pods are held, and who may set the label', async () => {
    const said = await notes({ hold: HOLD });
    expect(said).toContain('get the scheduling gate example.com/hold.');
    expect(said).toContain("--dry-run=server -o jsonpath='{.spec.schedulingGates}'\n");
    expect(said).toContain('These may set the label: deployer.\n');
    expect(said).toContain('Pods that are held by then stay held');
    expect(said).not.toContain('holds no pods');
  });

  test('say that nobody may set the label', async () => {
    expect(await notes({ hold: { ...HOLD, maySetLabel: [] } })).toContain(
      'These may set the label: nobody.\n',
    );
  });
});

describe('a wrong value', () => {
  test.each<[string, object, string]>([
    ['name', { name: 'M' }, "at '/name': 'M' does not match pattern"],
    ['long name', { name: 'a'.repeat(64) }, "at '/name': maxLength: got 64, want 63"],
    ['repository', { image: { repository: 'm:5' } }, "at '/image/repository': 'm:5' does not match pattern"],
    ['tag', { image: { tag: '-' } }, "at '/image/tag': '-' does not match pattern"],
    ['digest', { image: { digest: 'sha256:0' } }, "at '/image/digest': 'sha256:0' does not match"],
    [
      'Secret',
      { imagePullSecrets: [{ name: 'A' }] },
      "at '/imagePullSecrets/0/name': 'A' does not match pattern",
    ],
    ['label', { label: 'a/b/c' }, "at '/label': 'a/b/c' does not match pattern"],
    ['empty label', { label: '' }, "at '/label': '' does not match pattern"],
    ['missing value', { label: null }, "at '': missing property 'label'"],
    ['unknown value', { labels: 'x' }, "at '': additional properties 'labels' not allowed"],
    ['gate', { gates: ['a b'] }, "at '/gates/0': 'a b' does not match pattern"],
    ['namespace', { namespaces: ['a.b'] }, "at '/namespaces/0': 'a.b' does not match pattern"],
    ['namespace given twice', { namespaces: ['a', 'a'] }, "at '/namespaces': items at 0 and 1 are equal"],
    ['log format', { logFormat: 'JSON' }, "at '/logFormat': value must be one of 'text', 'json'"],
    [
      'quantity',
      { resources: { limits: { cpu: 'x' } } },
      "at '/resources/limits/cpu': 'x' does not match pattern",
    ],
    ['gate of the hold', { hold: { ...HOLD, gate: '/a' } }, "at '/hold/gate': '/a' does not match pattern"],
    [
      'long prefix of a gate',
      { hold: { ...HOLD, gate: `${'a'.repeat(254)}/b` } },
      "at '/hold/gate': 'not' failed",
    ],
    ['name of the hold', { hold: { ...HOLD, name: 'A' } }, "at '/hold/name': 'A' does not match pattern"],
    [
      'unknown value of the hold',
      { hold: { ...HOLD, gates: [] } },
      "at '/hold': additional properties 'gates'",
    ],
    [
      'selector',
      { hold: { ...HOLD, namespaceSelector: { hold: 'true' } } },
      "at '/hold/namespaceSelector': additional properties 'hold' not allowed",
    ],
    [
      'operator',
      { hold: { ...HOLD, namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'in' }] } } },
      "at '/hold/namespaceSelector/matchExpressions/0/operator': value must be one of 'In',",
    ],
    [
      'value of a label',
      { hold: { ...HOLD, namespaceSelector: { matchLabels: { held: true } } } },
      "at '/hold/namespaceSelector/matchLabels/held': got boolean, want string",
    ],
    [
      'kind of a subject',
      { hold: { ...HOLD, maySetLabel: [{ kind: 'user', name: 'a' }] } },
      "at '/hold/maySetLabel/0/kind': value must be one of 'ServiceAccount', 'User', 'Group'",
    ],
    [
      'subject without a name',
      { hold: { ...HOLD, mayRemoveGate: [{ kind: 'User', name: '' }] } },
      "at '/hold/mayRemoveGate/0/name': minLength: got 0, want 1",
    ],
    [
      'ServiceAccount without a namespace',
      { hold: { ...HOLD, mayRemoveGate: [{ kind: 'ServiceAccount', name: 'a' }] } },
      "at '/hold/mayRemoveGate/0': missing property 'namespace'",
    ],
    [
      'user with a namespace',
      { hold: { ...HOLD, mayRemoveGate: [{ kind: 'User', name: 'a', namespace: 'b' }] } },
      "at '/hold/mayRemoveGate/0/namespace': false schema",
    ],
    [
      'hold of no namespaces',
      { hold: { ...HOLD, namespaceSelector: null } },
      'hold.gate is set, but hold.namespaceSelector is null: set the label selector of the namespaces to hold, or {} for all',
    ],
    [
      'hold whose label all may set',
      { hold: { ...HOLD, maySetLabel: null } },
      'hold.gate is set, but hold.maySetLabel is null: set who may deploy labelled controllers',
    ],
    [
      'hold that metainit does not release',
      { gates: ['example.com/quota', 'b'], hold: HOLD },
      'hold.gate "example.com/hold" is not one of the gates that metainit removes (example.com/quota, b): add it to gates, or leave gates empty.',
    ],
    [
      'gate that is no name of a policy',
      { hold: { ...HOLD, gate: 'example.com/Hold' } },
      'hold.name (by default the gate with - in place of /) "example.com-Hold" is not valid: set hold.name',
    ],
    [
      'selector without a gate',
      { hold: { namespaceSelector: {} } },
      'hold.namespaceSelector is set, but hold.gate is empty, so nothing is held: set hold.gate, or leave hold.namespaceSelector out',
    ],
    ['name without a gate', { hold: { name: 'a' } }, 'hold.name is set, but hold.gate is empty'],
    ['deployers without a gate', { hold: { maySetLabel: [USER] } }, 'hold.maySetLabel is set, but'],
    ['releasers without a gate', { hold: { mayRemoveGate: [USER] } }, 'hold.mayRemoveGate is set, but'],
  ])('%s is refused, and the message tells which', async (_, values, message) => {
    await expect(template(values)).rejects.toThrow(message);
  });

  test('a hold in Kubernetes without a stable or beta API is refused', async () => {
    await expect(template({ hold: HOLD }, 'v4', '--kube-version=v1.33.2')).rejects.toThrow(
      'hold.gate needs Kubernetes 1.36, or 1.34 with the beta API of MutatingAdmissionPolicy, and the cluster has v1.33.2: leave hold.gate empty',
    );
  });

  test.each([
    ['1.35', 'v1beta1'],
    ['1.36', 'v1'],
  ])('a hold is refused if the API server of %s does not serve the API %s', async (minor, version) => {
    const group = 'admissionregistration.k8s.io';
    const flags = (...kinds: string[]) => [
      `--kube-version=${minor}`,
      ...kinds.map((kind) => `--api-versions=${kind}`),
    ];
    await expect(template({ hold: HOLD }, 'v4', ...flags('v1/Pod'))).rejects.toThrow(
      `hold.gate needs MutatingAdmissionPolicy of the API ${group}/${version}, which the API server does not serve: start the API server with --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=${group}/${version}=true`,
    );
    const served = flags('v1/Pod', `${group}/${version}/MutatingAdmissionPolicy`);
    expect(await template({ hold: HOLD }, 'v4', ...served)).toContain(`apiVersion: ${group}/${version}\n`);
  });
});

const NAMES = [
  'a',
  'a/b',
  'A_b.c',
  '-a',
  'a-',
  'é',
  'A.example/b',
  'a.example/',
  `${'a'.repeat(64)}`,
  `${'a.'.repeat(127)}a/b`,
  'a/b/c',
];

test.each(NAMES)('the schema judges the label %j as the construct does', async (label) => {
  const schema = await template({ label }).then(
    () => true,
    ({ message }: Error) => {
      expect(message).toContain("at '/label'");
      return false;
    },
  );
  const target = newChart(undefined);
  new Metainit(target, 'Metainit', { label });
  expect(schema).toBe(mistakesIn(target).length === 0);
});
