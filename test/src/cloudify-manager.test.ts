import type {
  KubernetesObject,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1PersistentVolumeClaim,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import { ApiObject, type Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import * as newest from 'cdk8s-plus-34';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import {
  CloudifyApiToken,
  CloudifyManager,
  type CloudifyManagerProps,
  CloudifyPersistence,
  CloudifySize,
  MultisiteInit,
  MultisiteKubeconfig,
  SiteCredential,
} from '../../src/index.ts';
import { allContainers, manifests, mistakesIn, newChart, ofKind, podSpec, theOnly } from './manifests.ts';

function managerIn(namespace: string | undefined, props?: CloudifyManagerProps) {
  const chart = newChart(namespace);
  return { chart, manager: new CloudifyManager(chart, 'Manager', props) };
}

function managerContainer(chart: Chart): V1Container | undefined {
  return podSpec(chart, 'Deployment').containers[0];
}

function resources(cpu: string, memory: string, maxCpu: string, maxMemory: string) {
  return { requests: { cpu, memory }, limits: { cpu: maxCpu, memory: maxMemory } };
}

/** What the manager's container mounts, by path. */
function mounts(chart: Chart): Record<string, V1VolumeMount> {
  return Object.fromEntries(
    managerContainer(chart)?.volumeMounts?.map((mount) => [mount.mountPath, mount]) ?? [],
  );
}

/** The volumes of the pod, by name. */
function volumes(chart: Chart): Record<string, V1Volume> {
  return Object.fromEntries(
    podSpec(chart, 'Deployment').volumes?.map((volume) => [volume.name, volume]) ?? [],
  );
}

/** The objects of a kind, by namespace and name. */
function byName<T extends KubernetesObject>(chart: Chart, kind: string): Record<string, T> {
  return Object.fromEntries(
    ofKind<T>(chart, kind).map((object) => [
      `${object.metadata?.namespace}/${object.metadata?.name}`,
      object,
    ]),
  );
}

describe('CloudifyManager', () => {
  test('renders', () => {
    expect(manifests(managerIn('cloudify').chart)).toMatchSnapshot();
  });

  test('is one pod, and never two at a time, which would share a database', () => {
    const { spec } = theOnly<V1Deployment>(managerIn('cloudify').chart, 'Deployment');
    expect(spec?.replicas).toBe(1);
    expect(spec?.strategy).toEqual({ type: 'Recreate' });
  });

  test('runs systemd: privileged, with the cgroups of the host to read and memory under /run', () => {
    const { chart } = managerIn('cloudify');
    expect(managerContainer(chart)?.securityContext).toEqual({
      privileged: true,
      allowPrivilegeEscalation: true,
      runAsNonRoot: false,
      readOnlyRootFilesystem: false,
    });
    expect(mounts(chart)).toMatchObject({
      '/sys/fs/cgroup': { name: 'cgroup', readOnly: true },
      '/run': { name: 'run' },
      '/run/lock': { name: 'run-lock' },
    });
    expect(volumes(chart)).toMatchObject({
      cgroup: { hostPath: { path: '/sys/fs/cgroup', type: 'Directory' } },
      run: { emptyDir: { medium: 'Memory' } },
      'run-lock': { emptyDir: { medium: 'Memory' } },
    });
  });

  test('gives systemd less where it is told that this will do', () => {
    const { chart } = managerIn('cloudify', {
      systemd: { privileged: false, hostCgroup: false, runTmpfs: false },
    });
    expect(managerContainer(chart)?.securityContext).toEqual({
      privileged: false,
      allowPrivilegeEscalation: true,
      runAsNonRoot: false,
      readOnlyRootFilesystem: false,
      capabilities: { add: ['SYS_ADMIN'] },
      seccompProfile: { type: 'Unconfined' },
    });
    for (const path of ['/sys/fs/cgroup', '/run', '/run/lock']) {
      expect(mounts(chart)).not.toHaveProperty(path);
    }
    for (const name of ['cgroup', 'run', 'run-lock']) {
      expect(volumes(chart)).not.toHaveProperty(name);
    }
  });

  test('is ready when the script of its image says so, and never restarted', () => {
    const container = managerContainer(managerIn('cloudify').chart);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: 80 }]);
    expect(container?.readinessProbe).toEqual({
      exec: { command: ['/scripts/readiness-check.sh'] },
      initialDelaySeconds: 60,
      periodSeconds: 30,
      timeoutSeconds: 10,
      failureThreshold: 3,
    });
    for (const probe of ['startupProbe', 'livenessProbe']) {
      expect(container).not.toHaveProperty(probe);
    }
  });

  test('is left time to boot where it is restarted when it hangs', () => {
    const liveness = kplus.Probe.fromTcpSocket({ port: 80 });
    const container = managerContainer(managerIn('cloudify', { liveness }).chart);
    expect(container?.livenessProbe?.tcpSocket).toEqual({ port: 80 });
    expect(container?.startupProbe).toMatchObject({
      tcpSocket: { port: 80 },
      periodSeconds: 10,
      failureThreshold: 120,
    });
  });

  test('takes other probes', () => {
    const [readiness, startup] = ['ready', 'up'].map((path) => kplus.Probe.fromCommand([path]));
    const container = managerContainer(managerIn('cloudify', { readiness, startup }).chart);
    expect(container?.readinessProbe?.exec).toEqual({ command: ['ready'] });
    expect(container?.startupProbe?.exec).toEqual({ command: ['up'] });
  });

  test('has its init container restricted all the same', () => {
    const { chart, manager } = managerIn('cloudify');
    const spec = podSpec(chart, 'Deployment');
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['multisite-init']);
    expect(spec.initContainers?.[0]?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.serviceAccountName).toBe(manager.init.serviceAccount.name);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.[0]?.namespace).toBe('cloudify');
  });

  test('keeps its site fresh beside it, at a port of choice, unless told not to', () => {
    const names = (chart: Chart) => podSpec(chart, 'Deployment').containers.map(({ name }) => name);
    const { chart, manager } = managerIn('cloudify', { refreshPort: 9999 });
    expect(names(chart)).toEqual(['cloudify-manager', 'multisite-init-refresh']);
    expect(manager.init.refreshContainer?.args?.slice(-2)).toEqual(['--watch', '--port=9999']);
    const init = { credential: SiteCredential.podIdentity() };
    expect(names(managerIn('cloudify', { refresh: false, init }).chart)).toEqual(['cloudify-manager']);
  });

  test('gives the pod’s token where clients look for it to the containers of its init program alone', () => {
    const holders = allContainers(podSpec(managerIn('cloudify').chart, 'Deployment')).filter((container) =>
      container.volumeMounts?.some(({ name }) => name === 'multisite-init-token'),
    );
    expect(holders.map(({ name }) => name)).toEqual(['multisite-init', 'multisite-init-refresh']);
  });

  test('deploys as a ServiceAccount of its own, which is not the pod’s and has no rights yet', () => {
    const { chart, manager } = managerIn('cloudify');
    expect(manager.siteServiceAccount?.name).toBe('dcae-cloudify-manager-site');
    expect(podSpec(chart, 'Deployment').serviceAccountName).toBe('dcae-cloudify-manager');
    const accounts = ofKind(chart, 'ServiceAccount').map(({ metadata }) => metadata?.name);
    expect(accounts.toSorted()).toEqual(['dcae-cloudify-manager', 'dcae-cloudify-manager-site']);
    expect(theOnly<V1RoleBinding>(chart, 'RoleBinding').subjects?.map(({ name }) => name)).toEqual([
      'dcae-cloudify-manager',
    ]);
    expect(manager.init.container.args).toEqual(
      expect.arrayContaining(['--token-source=request', '--service-account=dcae-cloudify-manager-site']),
    );
    expect(theOnly<V1Role>(chart, 'Role').rules?.at(-1)).toEqual({
      apiGroups: [''],
      resources: ['serviceaccounts/token'],
      resourceNames: ['dcae-cloudify-manager-site'],
      verbs: ['create'],
    });
  });

  test('deploys with the credential it is told, and then brings no ServiceAccount for that', () => {
    const { chart, manager } = managerIn('cloudify', { init: { credential: SiteCredential.podIdentity() } });
    expect(manager.siteServiceAccount).toBeUndefined();
    expect(theOnly(chart, 'ServiceAccount').metadata?.name).toBe(manager.init.serviceAccount.name);
    expect(manager.init.container.args?.join(' ')).not.toContain('--token-source');
  });

  test.each<[string, CloudifySize | undefined, unknown]>([
    ['the default', undefined, resources('1', '2048Mi', '2', '4096Mi')],
    ['small', CloudifySize.small(), resources('1', '2048Mi', '2', '4096Mi')],
    ['large', CloudifySize.large(), resources('2', '4096Mi', '4', '8192Mi')],
    ['unlimited', CloudifySize.unlimited(), undefined],
    [
      'its own',
      CloudifySize.of({ memory: { request: Size.gibibytes(8) } }),
      { requests: { memory: '8192Mi' } },
    ],
  ])('has a size: %s', (_, size, expected) => {
    expect(managerContainer(managerIn('cloudify', { size }).chart)?.resources).toEqual(expected);
  });

  test('is called the same by its Service, its Deployment and itself', () => {
    for (const [props, name] of [
      [{}, 'dcae-cloudify-manager'],
      [{ name: 'cm' }, 'cm'],
    ] as const) {
      const { chart } = managerIn('cloudify', props);
      expect(theOnly(chart, 'Service').metadata?.name).toBe(name);
      expect(theOnly(chart, 'Deployment').metadata?.name).toBe(name);
      expect(podSpec(chart, 'Deployment').hostname).toBe(name);
      expect(podSpec(chart, 'Deployment').hostAliases).toEqual([{ ip: '127.0.0.1', hostnames: [name] }]);
    }
  });

  test('is served inside the cluster at port 80', () => {
    const { chart } = managerIn('cloudify');
    const deployment = theOnly<V1Deployment>(chart, 'Deployment');
    expect(theOnly<V1Service>(chart, 'Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 80, targetPort: 80 }],
      selector: deployment.spec?.selector.matchLabels,
    });
  });

  test('uses a ConfigMap that exists', () => {
    const configMap = kplus.ConfigMap.fromConfigMapName(newChart('cloudify'), 'Existing', 'existing');
    const { chart, manager } = managerIn('cloudify', { configMap });
    expect(Object.keys(byName(chart, 'ConfigMap'))).toEqual(['cloudify/dcae-cloudify-manager-config']);
    expect(manager.configMap).toBe(configMap);
    expect(manager.secret).toBeUndefined();
    expect(podSpec(chart, 'Deployment').volumes).toContainEqual({
      name: 'kubeconfig',
      configMap: { name: 'existing' },
    });
    expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toContain('--configmap=existing');
  });

  test('may have the kubeconfig in a Secret', () => {
    const chart = newChart('cloudify');
    const secret = MultisiteKubeconfig.secret(chart, 'Secret');
    const manager = new CloudifyManager(chart, 'Manager', { secret });
    expect(Object.keys(byName(chart, 'ConfigMap'))).toEqual(['cloudify/dcae-cloudify-manager-config']);
    expect(manager.secret).toBe(secret);
    expect(manager.configMap).toBeUndefined();
    const spec = podSpec(chart, 'Deployment');
    expect(spec.volumes).toContainEqual({
      name: 'kubeconfig',
      secret: { secretName: 'multisite-kubeconfig-secret' },
    });
    expect(managerContainer(chart)?.volumeMounts).toContainEqual({
      name: 'kubeconfig',
      mountPath: '/opt/onap/kube',
      readOnly: true,
    });
    for (const container of [spec.initContainers?.[0], spec.containers[1]]) {
      expect(container?.args).toContain('--secret=multisite-kubeconfig-secret');
    }
  });

  test('hands options on to the containers of its init program', () => {
    const { chart } = managerIn('cloudify', { init: { location: 'edge', image: { tag: 'next' } } });
    const spec = podSpec(chart, 'Deployment');
    for (const container of [spec.initContainers?.[0], spec.containers[1]]) {
      expect(container).toMatchObject({
        image: 'ghcr.io/cdk8s-multisite/multisite:next',
        args: expect.arrayContaining(['--location=edge']),
      });
    }
  });

  test("runs this project's image, of this very version, or the one that it is told", () => {
    expect(managerContainer(managerIn('cloudify').chart)?.image).toBe(
      `ghcr.io/cdk8s-multisite/cloudify-manager:${packageJson.version}`,
    );
    const { chart } = managerIn('cloudify', { image: { repository: 'registry.example.com/cm', tag: '7' } });
    expect(managerContainer(chart)?.image).toBe('registry.example.com/cm:7');
  });

  test('labels all it creates, and is its Deployment to ApiObject.of', () => {
    const { chart, manager } = managerIn('cloudify', { metadata: { labels: { team: 'edge' } } });
    const labels = {
      'app.kubernetes.io/name': 'cloudify-manager',
      'app.kubernetes.io/instance': 'dcae-cloudify-manager',
      'app.kubernetes.io/part-of': 'cdk8s-multisite',
      team: 'edge',
    };
    for (const { kind, metadata } of manifests(chart)) {
      expect(metadata?.labels, kind).toEqual(labels);
    }
    const { template } = theOnly<V1Deployment>(chart, 'Deployment').spec ?? {};
    expect(template?.metadata?.labels).toMatchObject(labels);
    expect(ApiObject.of(manager).kind).toBe('Deployment');
  });

  test('leaves the namespace open where the chart has none', () => {
    const { chart } = managerIn(undefined);
    for (const manifest of manifests(chart)) {
      expect(manifest.metadata).not.toHaveProperty('namespace');
    }
    expect(podSpec(chart, 'Deployment').initContainers?.[0]?.args).toContain('--namespace=$(POD_NAMESPACE)');
  });

  test('has config.txt, whose change restarts the pod', () => {
    const { chart, manager } = managerIn('cloudify', { consulAddress: 'consul.example:8501' });
    expect(mounts(chart)['/opt/onap/config.txt']).toMatchObject({ subPath: 'config.txt', readOnly: true });
    expect(volumes(chart)).toMatchObject({ config: { configMap: { name: 'dcae-cloudify-manager-config' } } });
    expect(manager.config.data).toEqual({ 'config.txt': '[consul]\naddress=consul.example:8501\n' });
    const { template } = theOnly<V1Deployment>(chart, 'Deployment').spec ?? {};
    expect(template?.metadata?.annotations).toEqual({
      'cdk8s-multisite/consul-address': 'consul.example:8501',
    });
  });

  test('asks consul-server unless told otherwise', () => {
    expect(managerIn('cloudify').manager.config.data['config.txt']).toContain('address=consul-server:8500');
  });

  test('has the kubeconfig in another directory', () => {
    const { chart } = managerIn('cloudify', { kubeconfigDirectory: '/etc/sites' });
    expect(mounts(chart)['/etc/sites']).toMatchObject({ name: 'kubeconfig', readOnly: true });
    expect(mounts(chart)).not.toHaveProperty(CloudifyManager.KUBECONFIG_DIRECTORY);
  });

  test.each([
    [undefined, 'kubeconfig'],
    ['sites', 'sites'],
  ])('has it in the home directory as well, under the key %j, without waiting for it', (key, expected) => {
    const { chart } = managerIn('cloudify', { homeKubeconfig: true, init: { key } });
    expect(mounts(chart)['/etc/cloudify/.kube']).toMatchObject({ name: 'home-kubeconfig', readOnly: true });
    expect(volumes(chart)['home-kubeconfig']?.configMap).toEqual({
      name: 'multisite-kubeconfig-configmap',
      items: [{ key: expected, path: 'config' }],
      optional: true,
    });
  });

  test('has it in the home directory from a Secret, too', () => {
    const chart = newChart('cloudify');
    const secret = MultisiteKubeconfig.secret(chart, 'Secret');
    new CloudifyManager(chart, 'Manager', { secret, homeKubeconfig: true });
    expect(volumes(chart)['home-kubeconfig']?.secret).toEqual({
      secretName: 'multisite-kubeconfig-secret',
      items: [{ key: 'kubeconfig', path: 'config' }],
      optional: true,
    });
  });

  describe('at /secret', () => {
    test('has the pod’s token, CA and namespace by projection', () => {
      const { chart } = managerIn('cloudify');
      expect(mounts(chart)['/secret']).toMatchObject({ name: 'api-token', readOnly: true });
      expect(volumes(chart)['api-token']?.projected).toEqual(
        volumes(chart)['multisite-init-token']?.projected,
      );
    });

    test('may have the long-lived token of the site’s ServiceAccount, which is there before', () => {
      const { chart, manager } = managerIn('cloudify', { apiToken: CloudifyApiToken.longLived() });
      expect(volumes(chart)['api-token']?.secret).toEqual({ secretName: 'dcae-cloudify-manager-token' });
      const secret = theOnly<V1Secret>(chart, 'Secret');
      expect(secret).toMatchObject({
        type: 'kubernetes.io/service-account-token',
        metadata: { annotations: { 'kubernetes.io/service-account.name': 'dcae-cloudify-manager-site' } },
      });
      expect(manager.apiTokenSecret?.name).toBe(secret.metadata?.name);
      const order = manifests(chart).map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
      expect(order.indexOf('Secret dcae-cloudify-manager-token')).toBeGreaterThan(
        order.indexOf('ServiceAccount dcae-cloudify-manager-site'),
      );
    });

    test('may have nothing', () => {
      const { chart } = managerIn('cloudify', { apiToken: CloudifyApiToken.none() });
      expect(mounts(chart)).not.toHaveProperty('/secret');
      expect(volumes(chart)).not.toHaveProperty('api-token');
    });
  });

  test('has the time zone of its node if told so', () => {
    expect(mounts(managerIn('cloudify').chart)).not.toHaveProperty('/etc/localtime');
    const { chart } = managerIn('cloudify', { hostLocaltime: true });
    expect(mounts(chart)['/etc/localtime']).toMatchObject({ name: 'localtime', readOnly: true });
    expect(volumes(chart).localtime?.hostPath).toEqual({ path: '/etc/localtime', type: 'File' });
  });

  test('has certificates, and then serves HTTPS as well', () => {
    const chart = newChart('cloudify');
    const secret = kplus.Secret.fromSecretName(chart, 'Certificates', 'certs');
    new CloudifyManager(chart, 'Manager', { tls: { secret, caFile: 'root.pem' }, nodePort: 30222 });
    expect(mounts(chart)['/opt/onap/certs']).toMatchObject({ name: 'certificates', readOnly: true });
    expect(volumes(chart).certificates?.secret).toEqual({ secretName: 'certs' });
    expect(managerContainer(chart)?.env).toEqual([
      { name: 'REQUESTS_CA_BUNDLE', value: '/opt/onap/certs/root.pem' },
    ]);
    expect(managerContainer(chart)?.ports).toContainEqual({ name: 'https', containerPort: 443 });
    expect(theOnly<V1Service>(chart, 'Service').spec?.ports).toEqual([
      { name: 'http', port: 80, targetPort: 80 },
      { name: 'https', port: 443, targetPort: 443, nodePort: 30222 },
    ]);
  });

  describe('takes certificates from a Secret of the app', () => {
    const serving = (stringData: Record<string, string>, caFile?: string, type = 'Opaque') => {
      const chart = newChart('cloudify');
      const secret = new kplus.Secret(chart, 'Certs', { metadata: { name: 'certs' }, type, stringData });
      new CloudifyManager(chart, 'Manager', { tls: { secret, caFile } });
      return chart;
    };
    const bundle = (chart: Chart) => managerContainer(chart)?.env?.[0]?.value;
    const pair = { 'cert.pem': 'PEM', 'key.pem': 'PEM' };
    const tlsPair = { 'tls.crt': 'PEM', 'tls.key': 'PEM' };

    test('under the names of ONAP', () => {
      expect(bundle(serving({ ...pair, 'cacert.pem': 'PEM' }))).toBe('/opt/onap/certs/cacert.pem');
    });

    test('under those of kubernetes.io/tls, with the CA where cert-manager has it', () => {
      const chart = serving({ ...tlsPair, 'ca.crt': 'PEM' }, undefined, 'kubernetes.io/tls');
      expect(bundle(chart)).toBe('/opt/onap/certs/ca.crt');
    });

    test('of another cdk8s-plus, by its type', () => {
      const chart = newChart('cloudify');
      const secret = new newest.Secret(chart, 'Certs', {
        type: 'kubernetes.io/tls',
        stringData: { ...tlsPair, 'ca.crt': 'PEM' },
      });
      new CloudifyManager(chart, 'Manager', { tls: { secret } });
      expect(bundle(chart)).toBe('/opt/onap/certs/ca.crt');
    });

    test('of kplus.TlsSecret, whose certificate signed itself', () => {
      const chart = newChart('cloudify');
      const secret = new kplus.TlsSecret(chart, 'Certs', { tlsCert: 'PEM', tlsKey: 'PEM' });
      new CloudifyManager(chart, 'Manager', { tls: { secret, caFile: 'tls.crt' } });
      expect(bundle(chart)).toBe('/opt/onap/certs/tls.crt');
    });

    test('of which nothing is declared, as somebody else fills it', () => {
      expect(mistakesIn(serving({}))).toEqual([]);
    });

    test('that has the CA alone', () => {
      expect(mistakesIn(serving({ 'cacert.pem': 'PEM' }))).toEqual([]);
    });

    const noCa = (key: string) =>
      `[test/Manager] tls.secret certs has no key ${key} with the CA that the manager's clients trust: add this key, or name ` +
      'another key in tls.caFile. For a self-signed certificate, name the key of the certificate itself.';

    test.each<[string, Record<string, string>, string, string[]]>([
      ['the CA', pair, 'Opaque', [noCa('cacert.pem')]],
      ['the CA, of kubernetes.io/tls', tlsPair, 'kubernetes.io/tls', [noCa('ca.crt')]],
      [
        'the key',
        { 'cert.pem': 'PEM', 'cacert.pem': 'PEM' },
        'Opaque',
        ['[test/Manager] tls.secret certs has no key key.pem: add both keys, cert.pem and key.pem.'],
      ],
      [
        'the certificate, of kubernetes.io/tls',
        { 'tls.key': 'PEM', 'ca.crt': 'PEM' },
        'kubernetes.io/tls',
        ['[test/Manager] tls.secret certs has no key tls.crt: add both keys, tls.crt and tls.key.'],
      ],
      [
        'both',
        {},
        'kubernetes.io/tls',
        [
          '[test/Manager] tls.secret certs has no certificate: add the keys cert.pem and key.pem, or tls.crt and ' +
            'tls.key.',
          noCa('ca.crt'),
        ],
      ],
    ])('but for one without %s', (_, stringData, type, mistakes) => {
      expect(mistakesIn(serving(stringData, undefined, type))).toEqual(mistakes);
    });
  });

  test('has plugin configuration and the admin’s password of others', () => {
    const chart = newChart('cloudify');
    const pluginConfigs = kplus.ConfigMap.fromConfigMapName(chart, 'Plugins', 'plugins');
    const adminPassword = kplus.Secret.fromSecretName(chart, 'Password', 'cm-pass');
    new CloudifyManager(chart, 'Manager', { pluginConfigs, adminPassword });
    expect(mounts(chart)).toMatchObject({
      '/plugin-configs': { name: 'plugin-configs', readOnly: true },
      '/opt/onap/cm-secrets': { name: 'admin-password', readOnly: true },
    });
    expect(volumes(chart)).toMatchObject({
      'plugin-configs': { configMap: { name: 'plugins' } },
      'admin-password': { secret: { secretName: 'cm-pass' } },
    });
  });

  test('pulls its images with a Secret', () => {
    const dockerRegistryAuth = kplus.Secret.fromSecretName(newChart('cloudify'), 'Pull', 'registry-key');
    expect(
      podSpec(managerIn('cloudify', { dockerRegistryAuth }).chart, 'Deployment').imagePullSecrets,
    ).toEqual([{ name: 'registry-key' }]);
  });

  describe('keeps its data', () => {
    test('in a claim of its own, beside lost+found', () => {
      const { chart, manager } = managerIn('cloudify');
      expect(mounts(chart)['/cfy-persist']).toEqual({
        name: 'cfy-persist',
        mountPath: '/cfy-persist',
        subPath: 'cfy-persist',
      });
      expect(volumes(chart)['cfy-persist']?.persistentVolumeClaim?.claimName).toBe(
        'dcae-cloudify-manager-data',
      );
      const claim = theOnly<V1PersistentVolumeClaim>(chart, 'PersistentVolumeClaim');
      expect(claim.spec).toEqual({
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '4Gi' } },
        volumeMode: 'Filesystem',
      });
      expect(manager.claim?.name).toBe('dcae-cloudify-manager-data');
    });

    test('of another class and size', () => {
      const persistence = CloudifyPersistence.storageClass({ className: 'fast', size: Size.gibibytes(20) });
      const { chart } = managerIn('cloudify', { persistence });
      expect(theOnly<V1PersistentVolumeClaim>(chart, 'PersistentVolumeClaim').spec).toMatchObject({
        resources: { requests: { storage: '20Gi' } },
        storageClassName: 'fast',
      });
    });

    test('in a claim that exists, at its root or below', () => {
      const claim = kplus.PersistentVolumeClaim.fromClaimName(newChart('cloudify'), 'Claim', 'old-data');
      const { chart, manager } = managerIn('cloudify', { persistence: CloudifyPersistence.claim(claim) });
      expect(ofKind(chart, 'PersistentVolumeClaim')).toEqual([]);
      expect(manager.claim).toBeUndefined();
      expect(volumes(chart)['cfy-persist']?.persistentVolumeClaim?.claimName).toBe('old-data');
      expect(mounts(chart)['/cfy-persist']).not.toHaveProperty('subPath');
      const persistence = CloudifyPersistence.claim(claim, { subPath: 'cm' });
      expect(mounts(managerIn('cloudify', { persistence }).chart)['/cfy-persist']?.subPath).toBe('cm');
    });

    test('in a directory of the node', () => {
      const persistence = CloudifyPersistence.hostPath('/dockerdata-nfs/onap/dcae-cm/data');
      const { chart } = managerIn('cloudify', { persistence });
      expect(volumes(chart)['cfy-persist']?.hostPath).toEqual({
        path: '/dockerdata-nfs/onap/dcae-cm/data',
        type: 'DirectoryOrCreate',
      });
    });

    test('as long as its pod lives', () => {
      const { chart } = managerIn('cloudify', { persistence: CloudifyPersistence.ephemeral() });
      expect(volumes(chart)['cfy-persist']).toEqual({ name: 'cfy-persist', emptyDir: {} });
    });
  });

  test('is served at a port of every node', () => {
    const { spec } = theOnly<V1Service>(managerIn('cloudify', { nodePort: 30222 }).chart, 'Service');
    expect(spec?.type).toBe('NodePort');
    expect(spec?.ports).toEqual([{ name: 'http', port: 80, targetPort: 80, nodePort: 30222 }]);
  });

  test('stands beside other names for what has a DNS name', () => {
    const { chart, manager } = managerIn('cloudify', { aliases: { consul: 'consul-server.onap.svc' } });
    expect(byName<V1Service>(chart, 'Service')['cloudify/consul']?.spec).toEqual({
      type: 'ExternalName',
      externalName: 'consul-server.onap.svc',
    });
    expect(manager.aliases.map(({ name }) => name)).toEqual(['consul']);
  });

  test.each(['constructor', 'b'.repeat(63)])('may have another name %s', (name) => {
    const { manager } = managerIn('cloudify', { aliases: { [name]: 'consul.example.' } });
    expect(manager.aliases.map((alias) => alias.name)).toEqual([name]);
  });

  describe('ships logs', () => {
    test('by a restricted sidecar, whose configuration restarts the pod', () => {
      const { chart, manager } = managerIn('cloudify', { logShipping: {} });
      const sidecar = podSpec(chart, 'Deployment').containers.at(-1);
      expect(manager.logShipper?.name).toBe('filebeat');
      expect(sidecar).toMatchObject({
        name: 'filebeat',
        image: 'docker.elastic.co/beats/filebeat:8.19.0',
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(sidecar?.volumeMounts).toContainEqual({
        name: 'logs',
        mountPath: '/var/log/onap',
        readOnly: true,
      });
      expect(mounts(chart)['/var/log/onap']).toMatchObject({ name: 'logs' });
      const { template } = theOnly<V1Deployment>(chart, 'Deployment').spec ?? {};
      expect(template?.metadata?.annotations).toMatchObject({
        'cdk8s-multisite/logstash': 'log-ls.cloudify:5044',
      });
    });

    test('up to three levels deep, to Logstash, forgetting them after four days', () => {
      const { chart } = managerIn('cloudify', { logShipping: {} });
      const config = byName<V1ConfigMap>(chart, 'ConfigMap')['cloudify/dcae-cloudify-manager-filebeat'];
      expect(parse(config?.data?.['filebeat.yml'] ?? '')).toEqual({
        'filebeat.inputs': [
          {
            type: 'filestream',
            id: 'onap',
            paths: ['/var/log/onap/*.log', '/var/log/onap/*/*.log', '/var/log/onap/*/*/*.log'],
            ignore_older: '48h',
            clean_inactive: '96h',
          },
        ],
        'output.logstash': { hosts: ['log-ls.cloudify:5044'] },
      });
    });

    test('to where it is told, by what it is told', () => {
      const image = { tag: '9.1.0' };
      const props = { logShipping: { logstash: '[2001:db8::1]:5044', image, resources: {} } };
      const { chart, manager } = managerIn(undefined, props);
      expect(manager.logShippingConfigs[0]?.data['filebeat.yml']).toContain('"[2001:db8::1]:5044"');
      const sidecar = podSpec(chart, 'Deployment').containers.at(-1);
      expect(sidecar?.image).toBe('docker.elastic.co/beats/filebeat:9.1.0');
      expect(sidecar).not.toHaveProperty('resources');
    });
  });

  describe('with components', () => {
    const components = { namespaceName: 'apps' };

    test('may deploy to their namespace, and nowhere else', () => {
      const { chart, manager } = managerIn('cloudify', { components });
      expect(theOnly(chart, 'Namespace').metadata).toMatchObject({ name: 'apps' });
      expect(theOnly(chart, 'Namespace').metadata).not.toHaveProperty('namespace');
      const role = byName<V1Role>(chart, 'Role')['apps/dcae-cloudify-manager-deploy'];
      const rules = role?.rules ?? [];
      const resourcesOf = (verb: string) =>
        rules.filter(({ verbs }) => verbs.includes(verb)).flatMap((rule) => rule.resources);
      expect(resourcesOf('deletecollection').toSorted()).toEqual([
        'configmaps',
        'cronjobs',
        'daemonsets',
        'deployments',
        'ingresses',
        'jobs',
        'persistentvolumeclaims',
        'pods',
        'secrets',
        'services',
        'statefulsets',
      ]);
      expect(resourcesOf('create')).toContain('pods/exec');
      expect(byName<V1RoleBinding>(chart, 'RoleBinding')['apps/dcae-cloudify-manager-deploy']).toMatchObject({
        roleRef: { kind: 'Role', name: 'dcae-cloudify-manager-deploy' },
        subjects: [{ kind: 'ServiceAccount', name: 'dcae-cloudify-manager-site', namespace: 'cloudify' }],
      });
      expect(ofKind(chart, 'ClusterRoleBinding')).toEqual([]);
      expect(manager.componentNamespace?.name).toBe('apps');
      expect(manager.deployRole?.name).toBe(role?.metadata?.name);
      expect(manager.deployRoleBinding?.name).toBe('dcae-cloudify-manager-deploy');
    });

    test('renders their namespace before what is in it', () => {
      const aliases = { consul: 'consul.example' };
      const { chart } = managerIn('cloudify', { components, aliases, logShipping: {} });
      const all = manifests(chart);
      const before = all.findIndex(({ kind }) => kind === 'Namespace');
      const first = all.findIndex(({ metadata }) => metadata?.namespace === 'apps');
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThan(first);
    });

    test('leads from their namespace to itself and to what its aliases stand for', () => {
      const { chart, manager } = managerIn('cloudify', { components, aliases: { consul: 'consul.example' } });
      const names = Object.entries(byName<V1Service>(chart, 'Service')).flatMap(([name, { spec }]) =>
        spec?.externalName ? [[name, spec.externalName]] : [],
      );
      expect(Object.fromEntries(names)).toEqual({
        'cloudify/consul': 'consul.example',
        'apps/consul': 'consul.example',
        'apps/dcae-cloudify-manager': 'dcae-cloudify-manager.cloudify.svc.cluster.local',
      });
      expect(manager.aliases).toHaveLength(3);
    });

    test('has the configuration of their log shippers there', () => {
      const { chart, manager } = managerIn('cloudify', { components, logShipping: {} });
      const configs = byName<V1ConfigMap>(chart, 'ConfigMap');
      expect(configs['apps/dcae-cloudify-manager-filebeat']?.data).toEqual(
        configs['cloudify/dcae-cloudify-manager-filebeat']?.data,
      );
      expect(manager.logShippingConfigs.map(({ metadata }) => metadata.namespace)).toEqual([
        'cloudify',
        'apps',
      ]);
    });

    test('leaves a namespace that exists alone, and takes a role that exists', () => {
      const role = kplus.ClusterRole.fromClusterRoleName(newChart('cloudify'), 'Edit', 'edit');
      const existing = { ...components, createNamespace: false, role };
      const { chart, manager } = managerIn('cloudify', { components: existing });
      expect(ofKind(chart, 'Namespace')).toEqual([]);
      expect(manager.componentNamespace).toBeUndefined();
      expect(manager.deployRole).toBeUndefined();
      expect(
        byName<V1RoleBinding>(chart, 'RoleBinding')['apps/dcae-cloudify-manager-deploy']?.roleRef,
      ).toEqual({
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'edit',
      });
    });

    test.each([
      [
        'that of a requested credential',
        (account: kplus.IServiceAccount) => SiteCredential.requested(account),
        'own',
      ],
      ['the pod’s own', () => SiteCredential.podIdentity(), 'dcae-cloudify-manager'],
    ])('gives the rights to whom the kubeconfig speaks for: %s', (_, credentialOf, name) => {
      const account = kplus.ServiceAccount.fromServiceAccountName(newChart('cloudify'), 'Own', 'own');
      const { chart } = managerIn('cloudify', { components, init: { credential: credentialOf(account) } });
      const binding = byName<V1RoleBinding>(chart, 'RoleBinding')['apps/dcae-cloudify-manager-deploy'];
      expect(binding?.subjects).toEqual([{ kind: 'ServiceAccount', name, namespace: 'cloudify' }]);
    });
  });

  test('may do in all namespaces what it is given for that', () => {
    const clusterRole = kplus.ClusterRole.fromClusterRoleName(newChart('cloudify'), 'View', 'view');
    const { chart, manager } = managerIn('cloudify', { clusterRole });
    const binding = theOnly<V1ClusterRoleBinding>(chart, 'ClusterRoleBinding');
    expect(binding).toMatchObject({
      metadata: { name: 'cloudify-dcae-cloudify-manager-deploy' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'dcae-cloudify-manager-site', namespace: 'cloudify' }],
    });
    expect(binding.metadata).not.toHaveProperty('namespace');
    expect(manager.clusterRoleBinding?.name).toBe(binding.metadata?.name);
  });

  test.each<[CloudifyManagerProps, string]>([
    [
      { name: '' },
      'name "" is not valid: give at most 63 lower-case letters, digits or "-". The first character must be',
    ],
    [{ name: '1st' }, 'name "1st" is not valid'],
    [
      { metadata: { name: 'cm' } },
      'metadata.name is not allowed here, because the objects cannot all have one name: give',
    ],
    [{ metadata: { namespace: 'x' } }, 'metadata.namespace is not allowed here'],
    [{ image: { tag: ' ' } }, 'image.tag " " is not valid'],
    [{ consulAddress: 'consul' }, 'consulAddress "consul" is not valid: give HOST:PORT, like'],
    [{ kubeconfigDirectory: 'kube' }, 'kubeconfigDirectory "kube" is not valid: give an absolute path'],
    [{ kubeconfigDirectory: '/secret' }, 'container cloudify-manager has several volumes mounted at /secret'],
    [{ kubeconfigDirectory: '/run/' }, 'container cloudify-manager has several volumes mounted at /run'],
    [
      { kubeconfigDirectory: '//.' },
      'kubeconfigDirectory "/" would hide all files of the image: give another directory.',
    ],
    [
      { dockerRegistryAuth: kplus.Secret.fromSecretName(newChart('cloudify'), 'Registry', '') },
      'dockerRegistryAuth.name "" is not valid: give at most 253 lower-case letters',
    ],
    [{ nodePort: 80 }, 'nodePort 80 is not valid: give a whole number from 30000 to 32767.'],
    [{ aliases: { 'a.b': 'c' } }, 'aliases: the name "a.b" is not valid: give at most 63 lower-case letters'],
    [{ aliases: { '': 'c' } }, 'aliases: the name "" is not valid: give at most 63 lower-case letters'],
    [{ aliases: { consul: '.' } }, 'aliases.consul "." is not valid: give at most 253 lower-case letters'],
    [{ aliases: { consul: '-' } }, 'aliases.consul "-" is not valid: give at most 253 lower-case letters'],
    [
      { aliases: { 'dcae-cloudify-manager': 'x' } },
      'test/Manager/Service/Resource also renders Service dcae-cloudify-manager',
    ],
    [
      { logShipping: { logstash: 'http://log:1' } },
      'logShipping.logstash "http://log:1" is not valid: give HOST:PORT',
    ],
    [
      { persistence: CloudifyPersistence.hostPath('data') },
      'persistence.hostPath "data" is not valid: give an absolute path',
    ],
    [
      { persistence: CloudifyPersistence.hostPath('/data/../etc') },
      'persistence.hostPath "/data/../etc" is not valid: give an absolute path',
    ],
    [
      { persistence: CloudifyPersistence.storageClass({ className: 'Fast' }) },
      'persistence.className "Fast" is not valid: give at most 253 lower-case letters',
    ],
    [
      { persistence: CloudifyPersistence.storageClass({ size: Size.mebibytes(500) }) },
      'persistence.size 500 MiB is not valid: give whole gibibytes',
    ],
    [
      { components: { namespaceName: 'a.b' } },
      'components.namespaceName "a.b" is not valid: give at most 63 lower-case',
    ],
    [
      { persistence: CloudifyPersistence.storageClass({ size: Size.gibibytes(2 ** 53) }) },
      'persistence.size 9223372036854776000 MiB is not valid: give whole gibibytes',
    ],
    [
      { clusterRole: kplus.ClusterRole.fromClusterRoleName(newChart('cloudify'), 'Given', 'a/b') },
      'clusterRole.name "a/b" is not valid: give a name without "/" and "%", other than "." and "..".',
    ],
    [
      {
        components: {
          namespaceName: 'apps',
          role: kplus.Role.fromRoleName(newChart('cloudify'), 'Given', ''),
        },
      },
      'components.role.name "" is not valid: give a name without',
    ],
    [
      { size: CloudifySize.of({ cpu: { request: kplus.Cpu.units(2), limit: kplus.Cpu.units(1) } }) },
      'size.cpu.request 2 is more than the limit of 1',
    ],
    [
      { logShipping: { resources: { memory: { request: Size.kibibytes(1) } } } },
      'logShipping.resources.memory.request 0.0009765625 MiB is not valid: give whole mebibytes',
    ],
    [
      { components: { namespaceName: 'cloudify' } },
      "components.namespaceName cloudify is the manager's own namespace. There, the rights to deploy would give access to the kubeconfig: give",
    ],
    [
      { components: { namespaceName: 'kube-system', createNamespace: false } },
      'components.namespaceName kube-system belongs to Kubernetes. There, the rights to deploy would give control of the whole cluster',
    ],
    // As of JavaScript, and of an environment variable that is not set.
    [
      { aliases: { consul: undefined as unknown as string } },
      'aliases.consul has no value: give the DNS name that the alias stands for.',
    ],
    [
      { refresh: false },
      'refresh is off, so the token in the kubeconfig would expire after an hour: leave refresh on, or give',
    ],
  ])('refuses %j', (props, message) => {
    const synth = () => manifests(managerIn('cloudify', props).chart);
    expect(synth).toThrow(message);
    expect(synth).toThrow('[test/Manager');
  });

  test('refuses a port for nothing that refreshes', () => {
    const init = { credential: SiteCredential.podIdentity() };
    const props = { refresh: false, refreshPort: 9999, init };
    expect(() => manifests(managerIn('cloudify', props).chart)).toThrow(
      '[test/Manager/Init] refreshPort needs refresh or sidecar',
    );
  });

  test('refuses rights for a token that nobody knows the ServiceAccount of', () => {
    const secret = kplus.Secret.fromSecretName(newChart('cloudify'), 'Token', 'token');
    const init = { credential: SiteCredential.secret(secret) };
    const props = { init, components: { namespaceName: 'apps' } };
    expect(() => manifests(managerIn('cloudify', props).chart)).toThrow(
      '[test/Manager] components, clusterRole and a long-lived apiToken need a ServiceAccount, and init.credential does not name',
    );
  });

  test('refuses components and cluster-wide rights in a chart without a namespace', () => {
    const clusterRole = kplus.ClusterRole.fromClusterRoleName(newChart(undefined), 'View', 'view');
    const props = { components: { namespaceName: 'apps' }, clusterRole };
    const synth = () => manifests(managerIn(undefined, props).chart);
    expect(synth).toThrow(
      "[test/Manager] components needs the name of the manager's namespace, for the Services in the components' namespace",
    );
    expect(synth).toThrow(
      '[test/Manager] the ClusterRoleBinding of clusterRole must name the namespace of the ServiceAccount',
    );
  });

  test('refuses a Role of another namespace, which would give no rights', () => {
    const chart = newChart('cloudify');
    const role = new kplus.Role(chart, 'Role', { metadata: { name: 'deploy' } });
    new CloudifyManager(chart, 'Manager', { components: { namespaceName: 'apps', role } });
    expect(() => manifests(chart)).toThrow(
      '[test/Manager] components.role deploy is in namespace cloudify, and a Role applies only in its own namespace: ' +
        'give a Role in namespace apps, or a ClusterRole.',
    );
  });

  test('refuses to deploy beside another kubeconfig, whose tokens it could read', () => {
    const chart = newChart('cloudify');
    const configMap = new kplus.ConfigMap(chart, 'Theirs', {
      metadata: { name: 'theirs', namespace: 'apps' },
    });
    const pod = new kplus.Pod(chart, 'Pod', {
      metadata: { name: 'pod', namespace: 'apps' },
      containers: [{ name: 'app', image: 'app' }],
    });
    new MultisiteInit(chart, 'Init', { pod, configMap });
    new CloudifyManager(chart, 'Manager', { components: { namespaceName: 'apps' } });
    expect(() => manifests(chart)).toThrow(
      '[test/Manager] components.namespaceName apps holds a kubeconfig, ConfigMap theirs. The rights to deploy would',
    );
  });

  test('refuses a role that is none', () => {
    const role = kplus.ConfigMap.fromConfigMapName(newChart('cloudify'), 'None', 'none');
    const props = { components: { namespaceName: 'apps', role } };
    expect(() => manifests(managerIn('cloudify', props).chart)).toThrow(
      '[test/Manager] components.role is the ConfigMap none: give a Role or a ClusterRole.',
    );
  });

  test('refuses both a ConfigMap and a Secret', () => {
    const chart = newChart('cloudify');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    const secret = MultisiteKubeconfig.secret(chart, 'Secret');
    new CloudifyManager(chart, 'Manager', { configMap, secret });
    expect(() => manifests(chart)).toThrow(
      '[test/Manager/Init] configMap and secret exclude each other, because the kubeconfig is in one place',
    );
  });
});
