import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1Deployment, V1Job, V1Role, V1Service } from '@kubernetes/client-node';
import { type Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { HelmVersion } from '../../../devcluster/builds/helm.ts';
import { COLD_START_TIMEOUT_MS } from '../../../devcluster/control-plane/control-plane.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import {
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  CloudifySize,
  MultisiteKubeconfig,
} from '../../../src/index.ts';
import { manifests, mistakesIn, newChart } from '../../src/manifests.ts';
import { helm } from '../../support/helm.ts';
import { HELM_CHART } from '../../support/helm-chart.ts';
import {
  buildHelm,
  comparable,
  HELM_VERSIONS,
  helmNotes,
  helmTemplate,
  objectsIn,
} from '../../support/helm-template.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

function template(values: object, version: HelmVersion = 'v4', folder = HELM_CHART): Promise<string> {
  return helmTemplate(folder, values, { version, namespace: 'cloudify' });
}

function rendered(props: (chart: Chart) => CloudifyManagerProps): KubernetesObject[] {
  const target = newChart('cloudify');
  new CloudifyManager(target, 'CloudifyManager', props(target));
  return manifests(target);
}

function claimNamed(target: Chart, name: string): kplus.IPersistentVolumeClaim {
  return kplus.PersistentVolumeClaim.fromClaimName(target, 'Claim', name);
}

const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** Texts that YAML would take for something else if they were not quoted. */
const WORDS: readonly [string, object, (chart: Chart) => CloudifyManagerProps][] = [
  [
    'names',
    { name: 'no', location: 'null', user: '1e3', components: { namespace: '0x10' } },
    () => ({
      name: 'no',
      init: { location: 'null', user: '1e3' },
      components: { namespaceName: '0x10' },
    }),
  ],
  [
    'a StorageClass',
    { persistence: { storageClass: '12' } },
    () => ({ persistence: CloudifyPersistence.storageClass({ className: '12' }) }),
  ],
  [
    'a claim and its directory',
    { persistence: { type: 'claim', existingClaim: '1', subPath: '~' } },
    (target) => ({ persistence: CloudifyPersistence.claim(claimNamed(target, '1'), { subPath: '~' }) }),
  ],
  [
    'a path and Secrets',
    {
      persistence: { type: 'hostPath', hostPath: '/a #b' },
      imagePullSecrets: [{ name: '1' }],
      adminPassword: { existingSecret: '2' },
      tls: { existingSecret: '3', caFile: '4' },
    },
    (target) => ({
      persistence: CloudifyPersistence.hostPath('/a #b'),
      dockerRegistryAuth: kplus.Secret.fromSecretName(target, 'Pull', '1'),
      adminPassword: kplus.Secret.fromSecretName(target, 'Admin', '2'),
      tls: { secret: kplus.Secret.fromSecretName(target, 'Tls', '3'), caFile: '4' },
    }),
  ],
];

const ODD = [
  '"',
  "it's",
  '$(POD_NAMESPACE) $$ $',
  'C:\\new\\',
  'Köln 東京 🏙',
  '%s',
  '{{ .Release.Name }}',
  '- #: &*',
  'a\u200bb',
];

/** Those that the manager gives its objects; a Secret for the kubeconfig is no object of its. */
const LABELS = {
  'app.kubernetes.io/instance': 'dcae-cloudify-manager',
  'app.kubernetes.io/name': 'cloudify-manager',
  'app.kubernetes.io/part-of': 'cdk8s-multisite',
};

const CASES: readonly [string, object, (chart: Chart) => CloudifyManagerProps][] = [
  ['nothing', {}, () => ({})],
  [
    'names and addresses',
    { name: 'cm', consulAddress: '[fd00::1]:8500', nodePort: 30080 },
    () => ({ name: 'cm', consulAddress: '[fd00::1]:8500', nodePort: 30080 }),
  ],
  [
    'images',
    {
      image: { repository: 'registry.example:5000/cm', tag: '7' },
      init: { image: { repository: 'registry.example/multisite', tag: 'ignored', digest: DIGEST } },
      imagePullSecrets: [{ name: 'pull' }],
    },
    (target) => ({
      image: { repository: 'registry.example:5000/cm', tag: '7' },
      init: { image: { repository: 'registry.example/multisite', digest: DIGEST } },
      dockerRegistryAuth: kplus.Secret.fromSecretName(target, 'Pull', 'pull'),
    }),
  ],
  ['no resources', { resources: null }, () => ({ size: CloudifySize.unlimited() })],
  [
    'resources',
    { resources: { requests: { cpu: '2', memory: '4096Mi' }, limits: { cpu: '4', memory: '8192Mi' } } },
    () => ({ size: CloudifySize.large() }),
  ],
  [
    'a StorageClass',
    { persistence: { storageClass: 'fast', size: '8Gi' } },
    () => ({ persistence: CloudifyPersistence.storageClass({ className: 'fast', size: Size.gibibytes(8) }) }),
  ],
  [
    'a claim',
    { persistence: { type: 'claim', existingClaim: 'data' } },
    (target) => ({ persistence: CloudifyPersistence.claim(claimNamed(target, 'data')) }),
  ],
  [
    'a directory of a claim',
    { persistence: { type: 'claim', existingClaim: 'data', subPath: 'cm/data' } },
    (target) => ({
      persistence: CloudifyPersistence.claim(claimNamed(target, 'data'), { subPath: 'cm/data' }),
    }),
  ],
  [
    'a directory of the node',
    { persistence: { type: 'hostPath', hostPath: '/dockerdata-nfs/cm' } },
    () => ({ persistence: CloudifyPersistence.hostPath('/dockerdata-nfs/cm') }),
  ],
  [
    'no persistence',
    { persistence: { type: 'ephemeral' } },
    () => ({ persistence: CloudifyPersistence.ephemeral() }),
  ],
  [
    'a Secret for the kubeconfig',
    { kubeconfig: { kind: 'Secret' } },
    (target) => ({
      secret: MultisiteKubeconfig.secret(target, 'Kubeconfig', { metadata: { labels: LABELS } }),
    }),
  ],
  [
    "the admin's password",
    { adminPassword: { existingSecret: 'manager-admin' } },
    (target) => ({ adminPassword: kplus.Secret.fromSecretName(target, 'Admin', 'manager-admin') }),
  ],
  [
    'certificates',
    { tls: { existingSecret: 'certificates', caFile: 'ca.pem' }, nodePort: 30443 },
    (target) => ({
      tls: { secret: kplus.Secret.fromSecretName(target, 'Tls', 'certificates'), caFile: 'ca.pem' },
      nodePort: 30443,
    }),
  ],
  ['components', { components: { namespace: 'apps' } }, () => ({ components: { namespaceName: 'apps' } })],
  [
    'components in a namespace that exists',
    { components: { namespace: 'apps', create: false } },
    () => ({ components: { namespaceName: 'apps', createNamespace: false } }),
  ],
];

describe.each(HELM_VERSIONS)('helm %s', (version) => {
  test('finds nothing to complain about', async () => {
    expect(await helm(version, ['lint', '--strict', HELM_CHART])).toContain(
      '1 chart(s) linted, 0 chart(s) failed',
    );
  });

  test.each(CASES)('renders what the construct renders: %s', async (_, values, props) => {
    expect(comparable(objectsIn(await template(values, version)))).toEqual(comparable(rendered(props)));
  });

  test.each(WORDS)('leaves texts the texts that they are: %s', async (_, values, props) => {
    expect(comparable(objectsIn(await template(values, version)))).toEqual(comparable(rendered(props)));
  });

  test.each(ODD)('leaves the name %s as it is', async (name) => {
    const objects = objectsIn(await template({ location: name, user: name }, version));
    expect(comparable(objects)).toEqual(
      comparable(rendered(() => ({ init: { location: name, user: name } }))),
    );
  });
});

/** What the label by which cdk8s selects pods says: of the Service, and of the pods. */
async function selection(name: string): Promise<{ readonly service: string; readonly pods: string[] }> {
  const values = { name, components: { namespace: 'apps' }, cleanup: { enabled: true } };
  const objects = objectsIn(await template(values)) as (V1Deployment & V1Service)[];
  const label = 'cdk8s.io/metadata.addr';
  const [service = ''] = objects.flatMap(
    ({ kind, spec }) => (kind === 'Service' && spec?.selector?.[label]) || [],
  );
  return { service, pods: objects.flatMap(({ spec }) => spec?.template?.metadata?.labels?.[label] ?? []) };
}

describe('all pods', () => {
  /** Of the manager, and of the cleanup. */
  async function podsWith(values: object) {
    const all = { ...values, components: { namespace: 'apps' }, cleanup: { enabled: true } };
    const objects = objectsIn(await template(all)) as V1Deployment[];
    return objects.flatMap(({ spec }) => spec?.template?.spec ?? []);
  }

  test('get all Secrets to pull with', async () => {
    const imagePullSecrets = [{ name: 'one' }, { name: 'registry.two' }];
    const pods = await podsWith({ imagePullSecrets });
    expect(pods.map((pod) => pod.imagePullSecrets)).toEqual([imagePullSecrets, imagePullSecrets]);
  });

  test('run on the nodes that are selected', async () => {
    const scheduling = {
      nodeSelector: { 'kubernetes.io/os': 'linux', cgroups: '1' },
      tolerations: [
        { key: 'legacy', operator: 'Equal', value: 'true', effect: 'NoSchedule' },
        { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'cgroups', operator: 'In', values: ['v1', '1'] }] },
            ],
          },
        },
      },
    };
    const pods = await podsWith(scheduling);
    expect(pods).toEqual([expect.objectContaining(scheduling), expect.objectContaining(scheduling)]);
  });

  test('say nothing of nodes unless they are told to', async () => {
    const pods = await podsWith({ nodeSelector: null });
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(Object.keys(pod)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(nodeS|toler|affin)/)]),
      );
    }
  });
});

describe('the notes', () => {
  function notes(values: object, version: HelmVersion = 'v4'): Promise<string> {
    return helmNotes(HELM_CHART, values, { version, namespace: 'cloudify' });
  }

  test.each(HELM_VERSIONS)('of helm %s say how to reach the manager, and its password', async (version) => {
    const said = await notes({ name: 'cm' }, version);
    expect(said).toContain(
      '\n  kubectl -n cloudify port-forward service/cm 8080:80\n\nand open http://127.0.0.1:8080.',
    );
    expect(said).toContain('THE PASSWORD IS admin');
  });

  test('name the Secret that has the password, and the port of HTTPS', async () => {
    const said = await notes({
      name: 'cm',
      adminPassword: { existingSecret: 'manager-admin' },
      tls: { existingSecret: 'certificates' },
    });
    expect(said).toContain(
      '\n  kubectl -n cloudify port-forward service/cm 8443:443\n\nand open https://127.0.0.1:8443.',
    );
    expect(said).toContain(
      "\n  kubectl -n cloudify get secret manager-admin -o go-template='{{.data.password | base64decode}}'\n",
    );
    expect(said).not.toContain('IS admin');
    expect(said).not.toContain(':80');
  });

  test('warn of what a kubeconfig in a ConfigMap, or in a Secret, costs when the kind changes', async () => {
    expect(await notes({})).toContain(
      'annotate configmap multisite-kubeconfig-configmap helm.sh/resource-policy=keep',
    );
    expect(await notes({ kubeconfig: { kind: 'Secret' } })).toContain(
      'annotate secret multisite-kubeconfig-secret helm.sh/resource-policy=keep',
    );
  });
});

test('a Service selects the manager of its own release, and no other pod', async () => {
  expect(await selection('one')).toEqual({ service: 'one', pods: ['one', 'one-cleanup'] });
  expect(await selection('two')).toEqual({ service: 'two', pods: ['two', 'two-cleanup'] });
});

test('the cleanup deletes every kind that the manager may delete, by the given kubectl and selector', async () => {
  const image = { repository: 'registry.example/kubectl', digest: DIGEST };
  const values = {
    components: { namespace: 'apps' },
    cleanup: { enabled: true, image, selector: 'a=$(X)' },
  };
  const objects = objectsIn(await template(values)) as (V1Job & V1Role)[];
  const role = objects.find(({ kind, metadata }) => kind === 'Role' && metadata?.namespace === 'apps');
  const kinds = (role?.rules ?? [])
    .filter(({ verbs }) => verbs.includes('delete'))
    .flatMap(({ apiGroups, resources = [] }) =>
      resources.flatMap((kind) => apiGroups?.map((group) => (group === '' ? kind : `${kind}.${group}`))),
    );
  const [container] = objects.find(({ kind }) => kind === 'Job')?.spec?.template.spec?.containers ?? [];
  expect(kinds.length).toBeGreaterThan(9);
  expect(container).toMatchObject({
    image: `registry.example/kubectl@${DIGEST}`,
    command: ['kubectl'],
    args: [
      'delete',
      kinds.join(','),
      '--namespace=apps',
      '--selector=a=$$(X)',
      '--ignore-not-found',
      '--wait',
    ],
  });
});

describe('a wrong value', () => {
  test.each<[string, object, string]>([
    ['name', { name: 'CM' }, "at '/name': 'CM' does not match pattern"],
    ['long name', { name: 'a'.repeat(64) }, "at '/name': maxLength: got 64, want 63"],
    [
      'repository',
      { image: { repository: 'cm:5' } },
      "at '/image/repository': 'cm:5' does not match pattern",
    ],
    ['tag', { image: { tag: '-' } }, "at '/image/tag': '-' does not match pattern"],
    [
      'digest',
      { init: { image: { digest: 'sha256:0' } } },
      "at '/init/image/digest': 'sha256:0' does not match",
    ],
    ['location', { location: 1 }, "at '/location': got number, want string"],
    ['empty location', { location: '' }, "at '/location': '' does not match pattern"],
    ['white space', { location: ' a' }, "at '/location': ' a' does not match pattern"],
    ['no-break space', { user: 'a\u00a0' }, "at '/user': 'a\\u00a0' does not match pattern"],
    ['control character', { user: 'a\u0007b' }, "at '/user': 'a\\ab' does not match pattern"],
    ['line', { user: 'a\nb' }, "at '/user': 'a\\nb' does not match pattern"],
    ['noncharacter', { user: 'a\u{10ffff}b' }, "at '/user': 'not' failed"],
    [
      'kind',
      { kubeconfig: { kind: 'secret' } },
      "at '/kubeconfig/kind': value must be one of 'ConfigMap', 'Secret'",
    ],
    [
      'label of a node',
      { nodeSelector: { cgroups: 1 } },
      "at '/nodeSelector/cgroups': got number, want string",
    ],
    [
      'key of a node',
      { nodeSelector: { 'a b': 'c' } },
      "at '/nodeSelector': additional properties 'a b' not allowed",
    ],
    [
      'taint',
      { tolerations: [{ effects: 'x' }] },
      "at '/tolerations/0': additional properties 'effects' not allowed",
    ],
    ['effect', { tolerations: [{ effect: 'x' }] }, "at '/tolerations/0/effect': value must be one of"],
    ['affinity', { affinity: { node: {} } }, "at '/affinity': additional properties 'node' not allowed"],
    [
      'Secret with a password',
      { adminPassword: { existingSecret: 'A' } },
      "at '/adminPassword/existingSecret': 'A' does not match pattern",
    ],
    [
      'Secret with certificates',
      { tls: { existingSecret: 'A' } },
      "at '/tls/existingSecret': 'A' does not match pattern",
    ],
    ['file', { tls: { caFile: 'a/b' } }, "at '/tls/caFile': 'a/b' does not match pattern"],
    ['file above', { tls: { caFile: '..' } }, "at '/tls/caFile': 'not' failed"],
    ['missing value', { user: null }, "at '': missing property 'user'"],
    ['unknown value', { locations: 'x' }, "at '': additional properties 'locations' not allowed"],
    [
      'quantity',
      { resources: { limits: { cpu: 'x' } } },
      "at '/resources/limits/cpu': 'x' does not match pattern",
    ],
    [
      'type',
      { persistence: { type: 'nfs' } },
      "at '/persistence/type': value must be one of 'storageClass', 'claim'",
    ],
    [
      'class',
      { persistence: { storageClass: 'A' } },
      "at '/persistence/storageClass': 'A' does not match pattern",
    ],
    ['size', { persistence: { size: 4 } }, "at '/persistence/size': got number, want string"],
    ['zero', { persistence: { size: '0Gi' } }, "at '/persistence/size': '0Gi' does not match pattern"],
    ['directory above', { persistence: { subPath: 'a/../b' } }, "at '/persistence/subPath': 'not' failed"],
    [
      'absolute',
      { persistence: { subPath: '/a' } },
      "at '/persistence/subPath': '/a' does not match pattern",
    ],
    [
      'relative',
      { persistence: { hostPath: 'a' } },
      "at '/persistence/hostPath': 'a' does not match pattern",
    ],
    ['path above', { persistence: { hostPath: '/a/..' } }, "at '/persistence/hostPath': 'not' failed"],
    [
      'namespace',
      { components: { namespace: 'a.b' } },
      "at '/components/namespace': 'a.b' does not match pattern",
    ],
    ['switch', { components: { create: 'no' } }, "at '/components/create': got string, want boolean"],
    ['address', { consulAddress: 'consul' }, "at '/consulAddress': 'consul' does not match pattern"],
    ['port', { nodePort: 80 }, "at '/nodePort': minimum: got 80, want 30,000"],
    [
      'Secret',
      { imagePullSecrets: [{ name: 'A' }] },
      "at '/imagePullSecrets/0/name': 'A' does not match pattern",
    ],
    ['bare Secret', { imagePullSecrets: ['pull'] }, "at '/imagePullSecrets/0': got string, want object"],
    ['selector', { cleanup: { selector: ' ' } }, "at '/cleanup/selector': ' ' does not match pattern"],
    [
      'own namespace',
      { components: { namespace: 'cloudify' } },
      'components.namespace "cloudify" is the namespace of the release',
    ],
    [
      'namespace of Kubernetes',
      { components: { namespace: 'kube-system', create: false } },
      'components.namespace "kube-system" is a namespace of Kubernetes itself, so the rights to deploy would reach the whole cluster: set',
    ],
    [
      'long name with a cleanup',
      { name: 'a'.repeat(56), components: { namespace: 'apps' }, cleanup: { enabled: true } },
      'name has 56 characters, but may have only 55 with cleanup.enabled',
    ],
    [
      'cleanup of nothing',
      { cleanup: { enabled: true } },
      'cleanup.enabled is on, but components.namespace is empty',
    ],
    [
      'no claim',
      { persistence: { type: 'claim' } },
      'persistence.type is claim, but persistence.existingClaim is empty: set persistence.existingClaim',
    ],
    [
      'no path',
      { persistence: { type: 'hostPath' } },
      'persistence.type is hostPath, but persistence.hostPath is empty: set persistence.hostPath',
    ],
    [
      'claim of another type',
      { persistence: { existingClaim: 'data' } },
      'persistence.existingClaim is only for persistence.type claim, but the type is storageClass: change persistence.type',
    ],
  ])('%s is refused, and the message tells which', async (_, values, message) => {
    await expect(template(values)).rejects.toThrow(message);
  });
});

const NAMES = [
  'a',
  'a b',
  'é',
  '🏙',
  ' a',
  'a ',
  '\u2028',
  'a\ufeffb',
  '\ufdd0',
  'a\u{1fffe}',
  '\u3000',
  '\u0085',
];

test.each(NAMES)('the schema judges the name %j as the construct does', async (name) => {
  const schema = await template({ location: name }).then(() => true, refused);
  const target = newChart('cloudify');
  new CloudifyManager(target, 'CloudifyManager', { init: { location: name } });
  expect(schema).toBe(mistakesIn(target).length === 0);
});

function refused(error: Error): false {
  expect(error.message).toContain("at '/location'");
  return false;
}

test('another chart may depend on it', async () => {
  const parent = await temporaryFolder();
  const dependency = { name: 'cloudify-manager', version: packageJson.version };
  const metadata = { apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies: [dependency] };
  await writeFile(join(parent, 'Chart.yaml'), stringify(metadata));
  await mkdir(join(parent, 'charts'));
  await cp(HELM_CHART, join(parent, 'charts/cloudify-manager'), { recursive: true });

  const text = await template({ 'cloudify-manager': { location: 'edge' }, global: { x: 1 } }, 'v4', parent);

  const props = { init: { location: 'edge' } };
  expect(comparable(objectsIn(text))).toEqual(comparable(rendered(() => props)));
});
