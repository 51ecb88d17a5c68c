import type { Chart } from 'cdk8s';
import { ApiObject, App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  HoldPods,
  type HoldPodsProps,
  type IMetainit,
  Metainit,
  MetainitStaticPod,
} from '../../src/index.ts';
import { manifests, mistakesIn, newChart, ofKind } from './manifests.ts';

const GATE = 'example.com/hold';

const METAINIT: IMetainit = { label: 'example.com/first', namespaceName: 'early', userName: 'metainit' };

function holdIn(props: (chart: Chart) => Partial<HoldPodsProps> = () => ({}), namespace?: string) {
  const chart = newChart(namespace);
  const hold = new HoldPods(chart, 'Hold', {
    gate: GATE,
    namespaces: kplus.Namespaces.select(chart, 'Held', { labels: { hold: 'true' } }),
    metainit: METAINIT,
    maySetLabel: [kplus.User.fromName(chart, 'Deployer', 'deployer')],
    kubernetesVersion: '1.36',
    ...props(chart),
  });
  return { chart, hold };
}

interface Policy {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly failurePolicy: string;
    readonly matchConstraints: { readonly namespaceSelector?: object };
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly { readonly messageExpression: string }[];
  };
}

function policiesIn(chart: Chart): Policy[] {
  return manifests(chart).filter(({ kind }) => kind?.endsWith('Policy')) as unknown as Policy[];
}

function variable(chart: Chart, policy: string, name: string): string | undefined {
  const { spec } = policiesIn(chart).find(({ metadata }) => metadata.name === policy) ?? {};
  return spec?.variables.find((each) => each.name === name)?.expression;
}

test('renders', () => {
  const { chart } = holdIn((scope) => ({ metainit: new Metainit(scope, 'Metainit') }));
  expect(manifests(chart).slice(-6)).toMatchSnapshot();
});

test('has three policies and their bindings, which belong to no namespace and fail closed', () => {
  const { chart } = holdIn(undefined, 'apps');
  expect(manifests(chart).map(({ kind, metadata }) => [kind, metadata?.name, metadata?.namespace])).toEqual([
    ['MutatingAdmissionPolicy', 'example.com-hold', undefined],
    ['MutatingAdmissionPolicyBinding', 'example.com-hold', undefined],
    ['ValidatingAdmissionPolicy', 'example.com-hold-gate', undefined],
    ['ValidatingAdmissionPolicyBinding', 'example.com-hold-gate', undefined],
    ['ValidatingAdmissionPolicy', 'example.com-hold-label', undefined],
    ['ValidatingAdmissionPolicyBinding', 'example.com-hold-label', undefined],
  ]);
  expect(policiesIn(chart).map(({ spec }) => spec.failurePolicy)).toEqual(['Fail', 'Fail', 'Fail']);
  for (const { metadata, spec } of ofKind(chart, 'ValidatingAdmissionPolicyBinding') as unknown as {
    metadata: { name: string };
    spec: object;
  }[]) {
    expect(spec).toEqual({ policyName: metadata.name, validationActions: ['Deny'] });
  }
});

test('name, labels and annotations are those of the props', () => {
  const given = { labels: { team: 'a' }, annotations: { 'example.com/by': 'us' } };
  const { chart } = holdIn(() => ({ metadata: { ...given, name: 'quota' } }));
  for (const { metadata } of manifests(chart)) {
    expect(metadata).toMatchObject(given);
    expect(metadata?.name).toMatch(/^quota(-gate|-label)?$/);
  }
});

describe('the namespaces', () => {
  const never = (...names: string[]) => ({
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: names,
  });

  test.each<[string, (chart: Chart) => kplus.INamespaceSelector, object]>([
    [
      'labels',
      (chart) => kplus.Namespaces.select(chart, 'N', { labels: { a: 'b' } }),
      { matchLabels: { a: 'b' }, matchExpressions: [never('kube-system', 'early')] },
    ],
    [
      'expressions',
      (chart) => kplus.Namespaces.select(chart, 'N', { expressions: [kplus.LabelExpression.exists('a')] }),
      { matchExpressions: [{ key: 'a', operator: 'Exists' }, never('kube-system', 'early')] },
    ],
    [
      'names',
      (chart) => kplus.Namespaces.select(chart, 'N', { names: ['apps', 'jobs'] }),
      {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['apps', 'jobs'] },
          never('kube-system', 'early'),
        ],
      },
    ],
    [
      'a Namespace',
      (chart) => new kplus.Namespace(chart, 'N', { metadata: { name: 'apps' } }),
      {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['apps'] },
          never('kube-system', 'early'),
        ],
      },
    ],
    [
      'all',
      (chart) => kplus.Namespaces.all(chart, 'N'),
      { matchExpressions: [never('kube-system', 'early')] },
    ],
  ])('can be chosen by %s, but never that of metainit', (_, namespaces, selector) => {
    const { chart } = holdIn((scope) => ({ namespaces: namespaces(scope) }));
    const [mutating, gate, label] = policiesIn(chart);
    expect(mutating?.spec.matchConstraints.namespaceSelector).toEqual(selector);
    expect(gate?.spec.matchConstraints.namespaceSelector).toEqual(selector);
    // metainit releases pods of all namespaces.
    expect(label?.spec.matchConstraints.namespaceSelector).toBeUndefined();
  });
});

describe('those who may', () => {
  const everybody = (chart: Chart) => [
    kplus.User.fromName(chart, 'User', 'o"neil\\'),
    kplus.Group.fromName(chart, 'Group', 'releasers'),
    new kplus.ServiceAccount(chart, 'Own', { metadata: { name: 'own', namespace: 'apps' } }),
    kplus.ServiceAccount.fromServiceAccountName(chart, 'Theirs', 'theirs', { namespaceName: 'jobs' }),
  ];
  const users = '"o\\"neil\\\\", "system:serviceaccount:apps:own", "system:serviceaccount:jobs:theirs"';
  const groups = 'request.userInfo.?groups.orValue([]).exists(group, group in ["releasers"])';

  test('remove the gate are the given subjects and metainit', () => {
    const { chart } = holdIn((scope) => ({ mayRemoveGate: everybody(scope) }));
    expect(variable(chart, 'example.com-hold-gate', 'mayRemoveGate')).toBe(
      `request.userInfo.username in ["metainit", ${users}] || ${groups}`,
    );
  });

  test('set the label are the given subjects, and not metainit', () => {
    const { chart } = holdIn((scope) => ({ maySetLabel: everybody(scope) }));
    const expression = variable(chart, 'example.com-hold-label', 'maySetLabel');
    expect(expression).toContain(`"system:kube-controller-manager", ${users}] || ${groups}`);
    expect(expression).not.toContain('"metainit"');
  });

  test('may be the account of a pod, which has the namespace of the pod', () => {
    const { chart } = holdIn((scope) => {
      const account = new kplus.ServiceAccount(scope, 'Account', { metadata: { name: 'controller' } });
      const containers = [{ image: 'controller' }];
      return {
        mayRemoveGate: [new kplus.Deployment(scope, 'Controller', { containers, serviceAccount: account })],
      };
    }, 'apps');
    expect(variable(chart, 'example.com-hold-gate', 'mayRemoveGate')).toBe(
      'request.userInfo.username in ["metainit", "system:serviceaccount:apps:controller"]',
    );
  });

  test('set the label may be nobody', () => {
    const { chart } = holdIn(() => ({ maySetLabel: [] }));
    const label = policiesIn(chart)[2];
    expect(label?.spec.validations[0]?.messageExpression).toContain('these may: nobody"');
  });
});

test('gate and label are those of the props', () => {
  const { chart } = holdIn();
  const text = JSON.stringify(manifests(chart));
  expect(text).toContain(`Object.spec.schedulingGates{name: \\"${GATE}\\"}`);
  expect(variable(chart, 'example.com-hold-label', 'hasLabel')).toContain('[?"example.com/first"]');
});

test.each([
  ['1.34', 'v1beta1'],
  ['1.35', 'v1beta1'],
  ['1.36', 'v1'],
  ['1.40', 'v1'],
])('on Kubernetes %s the MutatingAdmissionPolicy has the API %s', (kubernetesVersion, version) => {
  const { chart } = holdIn(() => ({ kubernetesVersion }));
  const apiVersions = [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'ValidatingAdmissionPolicy',
  ].map((kind) =>
    ofKind(chart, kind).map(({ apiVersion }) => apiVersion?.replace('admissionregistration.k8s.io/', '')),
  );
  expect(apiVersions).toEqual([[version], [version], ['v1', 'v1']]);
  expect(mistakesIn(chart)).toEqual([]);
});

describe('a mistake is reported', () => {
  test.each<[string, (chart: Chart) => Partial<HoldPodsProps>, string]>([
    [
      'no version, which means the oldest',
      () => ({ kubernetesVersion: undefined }),
      'HoldPods needs Kubernetes 1.36, or 1.34 with the beta API of MutatingAdmissionPolicy, and kubernetesVersion is 1.28: if',
    ],
    [
      'a version of the alpha API',
      () => ({ kubernetesVersion: '1.33' }),
      'HoldPods needs Kubernetes 1.36, or 1.34',
    ],
    ['no version number', () => ({ kubernetesVersion: 'v1.36' }), 'kubernetesVersion "v1.36" is not valid'],
    ['a gate', () => ({ gate: 'a b', metadata: { name: 'a' } }), 'gate "a b" is not valid'],
    [
      'a gate that makes no name',
      () => ({ gate: 'Hold' }),
      'metadata.name (by default the gate with "-" in place of "/") "Hold" is not valid',
    ],
    ['a name', () => ({ metadata: { name: 'A' } }), 'metadata.name "A" is not valid'],
    [
      'a namespace',
      () => ({ metadata: { namespace: 'a' } }),
      'metadata.namespace is not allowed here: policies belong to no namespace.',
    ],
    [
      'the namespaces',
      () => ({ namespaces: 'apps' as never }),
      'namespaces is the string "apps": give a kplus.Namespace, kplus.Namespaces.select(…) or kplus.Namespaces.all(…).',
    ],
    [
      'a subject',
      (chart) => ({
        mayRemoveGate: [new ApiObject(chart, 'Map', { apiVersion: 'v1', kind: 'ConfigMap' }) as never],
      }),
      'mayRemoveGate[0] is the ConfigMap test-map-',
    ],
    [
      'an account without a namespace',
      (chart) => ({
        mayRemoveGate: [new kplus.ServiceAccount(chart, 'Account', { metadata: { name: 'account' } })],
      }),
      'mayRemoveGate[0] is the ServiceAccount account without a namespace, and its user name needs one',
    ],
    [
      'a user without a name',
      (chart) => ({ maySetLabel: [kplus.User.fromName(chart, 'Nobody', '')] }),
      'maySetLabel[0] has no name: give the name of a User.',
    ],
    [
      'what is no metainit',
      () => ({ metainit: 'metainit' as never }),
      'metainit is the string "metainit": give a Metainit or a MetainitStaticPod.',
    ],
  ])('in %s', (_, props, mistake) => {
    expect(mistakesIn(holdIn(props).chart)).toEqual([expect.stringContaining(`[test/Hold] ${mistake}`)]);
  });

  describe.each<[string, (chart: Chart, gates: string[]) => IMetainit]>([
    ['Metainit', (chart, gates) => new Metainit(chart, 'Metainit', { gates })],
    [
      'MetainitStaticPod',
      (chart, gates) => {
        const manifestChart = newChart(undefined, new App(), 'manifests');
        return new MetainitStaticPod(chart, 'Metainit', { manifestChart, gates });
      },
    ],
  ])('in the gate if %s', (_, metainit) => {
    const mistakes = (gates: string[]) =>
      mistakesIn(holdIn((chart) => ({ metainit: metainit(chart, gates) })).chart);

    test('removes only other gates', () => {
      expect(mistakes(['example.com/quota', 'b'])).toEqual([
        expect.stringContaining(
          '[test/Hold] gate "example.com/hold" is not one of the gates that metainit removes (example.com/quota, b): add it to gates of metainit, or leave out gates.',
        ),
      ]);
    });

    test('but not if it removes this gate too, or all gates', () => {
      expect(mistakes(['example.com/quota', GATE])).toEqual([]);
      expect(mistakes([])).toEqual([]);
    });
  });

  test('if two have the same gate', () => {
    const { chart } = holdIn();
    new HoldPods(chart, 'Second', {
      gate: GATE,
      namespaces: kplus.Namespaces.all(chart, 'All'),
      metainit: METAINIT,
      maySetLabel: [],
      kubernetesVersion: '1.36',
    });
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining(
        '[test/Second] test/Hold also renders MutatingAdmissionPolicy example.com-hold and 5 other objects',
      ),
    ]);
  });
});
