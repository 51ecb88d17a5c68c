import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { inject } from 'vitest';
import type { HelmVersion } from '../../devcluster/builds/helm.ts';
import { initContainer, podAccount, runInitProgram } from '../../start/init-program.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { kubectl } from '../src/kubectl.ts';
import { admin } from './admin.ts';
import { type HelmRelease, helmRelease } from './helm-release.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A release of the chart of Cloudify Manager. */
export interface ManagerRelease extends HelmRelease {
  deployment(): Promise<V1Deployment>;
  /** What the program wrote, if anything. */
  kubeconfig(): Promise<string | undefined>;
  /** Runs the manager's init container; the kubeconfig that it wrote. */
  runInit(): Promise<string>;
}

/** A release that is yet to be installed. */
export function managerRelease(version: HelmVersion, chart: string): ManagerRelease {
  const release = helmRelease(version, chart, 'cloudify');
  const { namespace } = release;
  const read = async (kind: string, object: string) =>
    JSON.parse(await kubectl(['get', kind, object, '--namespace', namespace, '-o', 'json']));
  const deployment = (): Promise<V1Deployment> => read('deployment', 'dcae-cloudify-manager');
  const kubeconfig = async () => {
    const configMap: V1ConfigMap = await read('configmap', 'multisite-kubeconfig-configmap');
    return configMap.data?.kubeconfig;
  };
  return {
    ...release,
    deployment,
    kubeconfig,
    runInit: async () => {
      const { host, port, ca } = inject('controlPlane');
      const manager = await deployment();
      const folder = await temporaryFolder();
      await writeServiceAccount(folder, await requestToken(admin(), namespace, podAccount(manager)), ca);
      const pod = { host, port: String(port), serviceAccountDirectory: folder };
      const { exitCode, stderr } = await runInitProgram(initContainer(manager), pod);
      const written = await kubeconfig();
      if (exitCode !== 0 || written === undefined) {
        throw new Error(`the init container: ${stderr}`);
      }
      return written;
    },
  };
}
