import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1Deployment,
  V1Namespace,
  V1Role,
  V1RoleBinding,
} from '@kubernetes/client-node';
import { ApiObject, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../runtime/cli/parse-command-line.ts';
import { COMMAND } from '../../runtime/programs/metainit/command.ts';
import { readOptions } from '../../runtime/programs/metainit/options.ts';
import { LogFormat, Metainit, type MetainitProps } from '../../src/index.ts';
import { checkLevel } from '../../src/private/pod-security/levels.ts';
import { manifests, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';
import { RESTRICTED } from './restricted.ts';

function metainitIn(props: MetainitProps = {}, namespace?: string) {
  const chart = newChart(namespace);
  return { chart, metainit: new Metainit(chart, 'Metainit', props) };
}

function args(props: MetainitProps): string[] | undefined {
  return podSpec(metainitIn(props).chart, 'Deployment').containers[0]?.args;
}

/** How the program reads the arguments. */
const optionsOf = (given: readonly string[] = []) => readOptions(parseCommandLine(COMMAND, given).values);

const RULES = [
  { apiGroups: [''], resourceNames: [], resources: ['pods'], verbs: ['list', 'watch', 'patch'] },
  { apiGroups: [''], resourceNames: [], resources: ['events'], verbs: ['create'] },
];

test('renders', () => {
  expect(manifests(metainitIn().chart)).toMatchSnapshot();
});

describe('the Deployment', () => {
  const { chart, metainit } = metainitIn();
  const spec = podSpec(chart, 'Deployment');
  const [container] = spec.containers;

  test('has two replicas on different nodes, of which one is evicted at a time', () => {
    const { spec: deployed } = theOnly<V1Deployment>(chart, 'Deployment');
    const { labelSelector: selector } =
      spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.[0]?.podAffinityTerm ??
      {};
    expect(deployed?.replicas).toBe(2);
    expect(selector).toEqual(deployed?.selector);
    expect(theOnly(chart, 'PodDisruptionBudget')).toMatchObject({
      metadata: { namespace: 'metainit' },
      spec: { maxUnavailable: 1, selector: deployed?.selector },
    });
  });

  test('is critical, which a ResourceQuota permits, and may run on the control plane', () => {
    expect(spec.priorityClassName).toBe('system-cluster-critical');
    expect(theOnly(chart, 'ResourceQuota')).toMatchObject({
      metadata: { name: 'metainit', namespace: 'metainit' },
      spec: {
        scopeSelector: {
          matchExpressions: [
            { scopeName: 'PriorityClass', operator: 'In', values: [spec.priorityClassName] },
          ],
        },
      },
    });
    expect(spec.tolerations).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });

  test('passes Pod Security restricted, which its namespace enforces', () => {
    expect(checkLevel({ spec }, 'restricted')).toEqual([]);
    expect(theOnly<V1Namespace>(chart, 'Namespace').metadata).toMatchObject({
      name: 'metainit',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
    expect(container?.securityContext).toEqual(RESTRICTED);
  });

  test('is probed at the endpoints of the program, and has a port for the metrics', () => {
    const port = 9780;
    expect(container?.livenessProbe?.httpGet).toMatchObject({ path: '/healthz', port });
    expect(container?.readinessProbe?.httpGet).toMatchObject({ path: '/readyz', port });
    expect(container?.ports).toEqual([{ name: 'metrics', containerPort: port }]);
  });

  test('gives the token to its one container', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.serviceAccountName).toBe(metainit.serviceAccount.name);
    expect(container?.volumeMounts).toEqual([
      { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: 'metainit-token', readOnly: true },
    ]);
  });
});

test('the objects are in the namespace of the program, whatever the namespace of the chart is', () => {
  const { chart, metainit } = metainitIn({}, 'elsewhere');
  const cluster = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'FlowSchema'];
  for (const { kind = '', metadata } of manifests(chart)) {
    expect([kind, metadata?.namespace]).toEqual([kind, cluster.includes(kind) ? undefined : 'metainit']);
    expect(metadata?.name).toBe('metainit');
  }
  expect(metainit.userName).toBe('system:serviceaccount:metainit:metainit');
});

test('another name and another namespace are used everywhere', () => {
  const { chart, metainit } = metainitIn({ namespaceName: 'system', metadata: { name: 'early' } });
  expect(JSON.stringify(manifests(chart))).not.toMatch(/"(name|namespace)":"metainit"(?!,"ports)/);
  expect(metainit.userName).toBe('system:serviceaccount:system:early');
});

test('an existing namespace is used without a change', () => {
  const { chart, metainit } = metainitIn({ namespaceName: 'kube-system', createNamespace: false });
  expect(ofKind(chart, 'Namespace')).toEqual([]);
  expect(metainit.ownNamespace).toBeUndefined();
  expect(theOnly(chart, 'Deployment').metadata?.namespace).toBe('kube-system');
  expect(mistakesIn(chart)).toEqual([]);
});

test('the namespace comes before the objects in it, and the rights and the ResourceQuota before the pods', () => {
  const kinds = manifests(metainitIn().chart).map(({ kind }) => kind);
  expect(kinds[0]).toBe('Namespace');
  expect(kinds.indexOf('ClusterRoleBinding')).toBeLessThan(kinds.indexOf('Deployment'));
  expect(kinds.indexOf('ServiceAccount')).toBeLessThan(kinds.indexOf('Deployment'));
  expect(kinds.indexOf('ResourceQuota')).toBeLessThan(kinds.indexOf('Deployment'));
});

describe('the rights', () => {
  test('are the narrowest, in all namespaces', () => {
    const { chart } = metainitIn();
    expect(theOnly<V1ClusterRole>(chart, 'ClusterRole').rules).toEqual(RULES);
    expect(theOnly<V1ClusterRoleBinding>(chart, 'ClusterRoleBinding')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'metainit' },
      subjects: [{ kind: 'ServiceAccount', name: 'metainit', namespace: 'metainit' }],
    });
    expect([...ofKind(chart, 'Role'), ...ofKind(chart, 'RoleBinding')]).toEqual([]);
  });

  test('are in the given namespaces alone', () => {
    const { chart, metainit } = metainitIn({ namespaces: ['apps', 'jobs', 'apps'] });
    const roles = ofKind<V1Role>(chart, 'Role');
    expect(roles.map(({ metadata }) => metadata?.namespace)).toEqual(['apps', 'jobs']);
    for (const { rules } of roles) {
      expect(rules?.map(({ resources, verbs }) => ({ resources, verbs }))).toEqual(
        RULES.map(({ resources, verbs }) => ({ resources, verbs })),
      );
    }
    const bindings = ofKind<V1RoleBinding>(chart, 'RoleBinding');
    expect(bindings.map(({ metadata }) => metadata?.namespace)).toEqual(['apps', 'jobs']);
    expect(bindings.map(({ subjects }) => subjects)).toEqual(
      Array(2).fill([{ kind: 'ServiceAccount', name: 'metainit', namespace: 'metainit' }]),
    );
    expect([...ofKind(chart, 'ClusterRole'), ...ofKind(chart, 'ClusterRoleBinding')]).toEqual([]);
    expect(metainit.roles).toHaveLength(2);
  });
});

test('the FlowSchema gives the requests of the ServiceAccount the level workload-high', () => {
  expect(theOnly(metainitIn().chart, 'FlowSchema')).toMatchObject({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    spec: {
      priorityLevelConfiguration: { name: 'workload-high' },
      rules: [
        {
          subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: 'metainit', namespace: 'metainit' } }],
        },
      ],
    },
  });
});

describe('the arguments', () => {
  test('are none by default', () => {
    expect(args({})).toEqual([]);
  });

  test('have all props, and the program reads them', () => {
    const props = {
      label: 'example.com/first',
      gates: ['example.com/hold', 'example.com/quota'],
      namespaces: ['apps', 'jobs'],
      logFormat: LogFormat.json(),
    };
    expect(args(props)).toEqual([
      '--namespace=apps',
      '--namespace=jobs',
      '--gate=example.com/hold',
      '--gate=example.com/quota',
      '--log-format=json',
      '--',
      'example.com/first',
    ]);
    expect(optionsOf(args(props))).toMatchObject({
      label: props.label,
      gates: new Set(props.gates),
      namespaces: props.namespaces,
      logFormat: 'json',
    });
  });

  test('can have a label that is the name of a subcommand', () => {
    expect(optionsOf(args({ label: 'completion' }))).toMatchObject({ label: 'completion' });
  });
});

test('image, resources and the pull secret are those of the props', () => {
  const { chart } = metainitIn({
    image: { repository: 'registry.example/multisite', tag: '1.2.3' },
    resources: { memory: { limit: Size.mebibytes(256) } },
    dockerRegistryAuth: kplus.Secret.fromSecretName(newChart(undefined), 'Pull', 'pull'),
  });
  const { containers, imagePullSecrets } = podSpec(chart, 'Deployment');
  expect(containers[0]).toMatchObject({
    image: 'registry.example/multisite:1.2.3',
    resources: { limits: { memory: '256Mi' } },
  });
  expect(imagePullSecrets).toEqual([{ name: 'pull' }]);
});

test('labels and annotations are those of the props, on the pods too', () => {
  const metadata = { labels: { team: 'a' }, annotations: { 'example.com/by': 'us' } };
  const { chart } = metainitIn({ metadata });
  for (const object of manifests(chart)) {
    expect(object.metadata).toMatchObject(metadata);
  }
  expect(theOnly<V1Deployment>(chart, 'Deployment').spec?.template.metadata).toMatchObject(metadata);
});

describe('a mistake is reported', () => {
  test.each<[string, MetainitProps, string]>([
    ['a label', { label: 'a b' }, 'label "a b" is not valid: give at most 63 letters'],
    ['a gate', { gates: ['a/b', 'c/'] }, 'gates[1] "c/" is not valid: give at most 63 letters'],
    ['a namespace', { namespaces: ['A'] }, 'namespaces[0] "A" is not valid: give at most 63 lower-case'],
    ['no namespace', { namespaces: [] }, 'namespaces is empty: name a namespace, or leave out namespaces'],
    ['its namespace', { namespaceName: 'A' }, 'namespaceName "A" is not valid: give at most 63 lower-case'],
    [
      'a namespace of Kubernetes',
      { namespaceName: 'kube-system' },
      'namespaceName kube-system belongs to Kubernetes: set createNamespace to false',
    ],
    [
      'a namespace in metadata',
      { metadata: { namespace: 'a' } },
      'metadata.namespace is not allowed here: give namespaceName instead.',
    ],
    ['a name', { metadata: { name: 'A' } }, 'metadata.name "A" is not valid'],
    ['an image', { image: { tag: 'a b' } }, 'image.tag "a b" is not valid'],
    [
      'resources',
      { resources: { cpu: { request: kplus.Cpu.units(2), limit: kplus.Cpu.units(1) } } },
      'resources.cpu.request 2 is more than the limit of 1',
    ],
    ['a log format', { logFormat: 'json' as unknown as LogFormat }, 'logFormat is not a LogFormat'],
    [
      'a Secret',
      { dockerRegistryAuth: 'pull' as unknown as kplus.ISecret },
      'dockerRegistryAuth is the string "pull": give a Secret.',
    ],
  ])('in %s', (_, props, mistake) => {
    expect(mistakesIn(metainitIn(props).chart)).toEqual([
      expect.stringContaining(`[test/Metainit] ${mistake}`),
    ]);
  });

  test('if two have the same names', () => {
    const { chart } = metainitIn();
    new Metainit(chart, 'Second');
    expect(mistakesIn(chart)).toEqual([
      expect.stringMatching(
        /^\[test\/Second\] .*Namespace metainit.* \(createNamespace: false in the other\)\.$/,
      ),
      expect.stringMatching(
        /^\[test\/Second\] test\/Metainit also renders .* give one of them another `metadata.name`\.$/,
      ),
    ]);
  });

  test('if a patch makes the pods break the rules of the namespace', () => {
    const { chart, metainit } = metainitIn();
    ApiObject.of(metainit.deployment).addJsonPatch(JsonPatch.add('/spec/template/spec/hostNetwork', true));
    expect(mistakesIn(chart)).toEqual([
      expect.stringContaining('is in namespace metainit, which enforces Pod Security "restricted"'),
    ]);
  });
});
