import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { ReleaseName } from '../../../devcluster/builds/kubernetes-releases.ts';
import { COLD_START_TIMEOUT_MS, startControlPlane } from '../../../devcluster/control-plane/control-plane.ts';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { helm } from '../../support/helm.ts';
import { chartFolder } from '../../support/helm-chart.ts';
import { buildHelm, HELM_VERSIONS } from '../../support/helm-template.ts';

const HOLD = {
  gate: 'example.com/hold',
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
  maySetLabel: [],
};
const NAMESPACE = ['--namespace', 'metainit', '--create-namespace'];

beforeAll(buildHelm, COLD_START_TIMEOUT_MS);

async function start(release: ReleaseName) {
  const { kubeconfig, stop } = await startControlPlane({ release, controllers: true });
  onTestFinished(stop);
  return {
    install: (version: (typeof HELM_VERSIONS)[number], values: object) =>
      helm(version, ['install', 'metainit', chartFolder('metainit'), ...NAMESPACE, '--values', '-'], {
        kubeconfig,
        stdin: JSON.stringify(values),
      }),
    uninstall: () => helm('v4', ['uninstall', 'metainit', '--namespace', 'metainit'], { kubeconfig }),
    kubectl: async (...args: string[]) => (await runKubectl(kubeconfig, args)).stdout,
  };
}

test(
  'the oldest release gets all but the FlowSchema, and no hold',
  async () => {
    const { install, uninstall, kubectl } = await start('oldest');
    for (const version of HELM_VERSIONS) {
      await expect(install(version, { hold: HOLD })).rejects.toThrow(
        /hold\.gate needs Kubernetes 1\.36, .* and the cluster has v1\.28\.\d+: leave hold\.gate empty/,
      );
      expect(await install(version, {})).toContain('STATUS: deployed');
      expect(await kubectl('get', 'clusterroles,flowschemas', 'metainit', '-o', 'name')).toBe(
        'clusterrole.rbac.authorization.k8s.io/metainit\n',
      );
      await uninstall();
    }
  },
  COLD_START_TIMEOUT_MS,
);

test(
  'the newest release gets all, and holds pods',
  async () => {
    const { install, uninstall, kubectl } = await start('newest');
    const gates = () =>
      kubectl('run', 'one', '--image=app', '--dry-run=server', '-o', 'jsonpath={.spec.schedulingGates}');
    const changesTo = (expected: string) =>
      vi.waitFor(async () => expect(await gates()).toBe(expected), { timeout: 30_000, interval: 100 });
    for (const version of HELM_VERSIONS) {
      expect(await install(version, { hold: HOLD })).toContain('STATUS: deployed');
      await changesTo('[{"name":"example.com/hold"}]');
      expect(await kubectl('get', 'flowschema', 'metainit', '-o', 'name')).toContain('/metainit\n');
      await uninstall();
      await changesTo('');
    }
  },
  COLD_START_TIMEOUT_MS,
);
