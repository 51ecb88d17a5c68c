import { randomBytes } from 'node:crypto';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { inject } from 'vitest';
import type { HelmVersion } from '../../devcluster/builds/helm.ts';
import { initContainer, podAccount, runInitProgram } from '../../start/init-program.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { kubectl } from '../src/kubectl.ts';
import { admin } from './admin.ts';
import { helm } from './helm.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A release of the chart in a namespace of its own, on the real API server. */
export interface HelmRelease {
  readonly name: string;
  readonly namespace: string;
  /** A command that takes the chart and values. */
  install(values?: object, ...flags: string[]): Promise<string>;
  upgrade(values?: object, ...flags: string[]): Promise<string>;
  /** A command that takes the release alone, of one word or more. */
  run(command: string, ...flags: string[]): Promise<string>;
  deployment(): Promise<V1Deployment>;
  /** What the program wrote, if anything. */
  kubeconfig(): Promise<string | undefined>;
  /** Runs the manager's init container; the kubeconfig that it wrote. */
  runInit(): Promise<string>;
}

/** A release that is yet to be installed. */
export function helmRelease(version: HelmVersion, chart: string, name = 'cloudify'): HelmRelease {
  const namespace = `helm-${randomBytes(4).toString('hex')}`;
  const where = ['--namespace', namespace];
  const withValues = (command: string, values: object, flags: readonly string[]) =>
    helm(version, [command, name, chart, ...where, '--values', '-', ...flags], {
      stdin: JSON.stringify(values),
    });
  const read = async (kind: string, object: string) =>
    JSON.parse(await kubectl(['get', kind, object, ...where, '-o', 'json']));
  const deployment = (): Promise<V1Deployment> => read('deployment', 'dcae-cloudify-manager');
  const kubeconfig = async () => {
    const configMap: V1ConfigMap = await read('configmap', 'multisite-kubeconfig-configmap');
    return configMap.data?.kubeconfig;
  };
  return {
    name,
    namespace,
    install: (values = {}, ...flags) => withValues('install', values, ['--create-namespace', ...flags]),
    upgrade: (values = {}, ...flags) => withValues('upgrade', values, flags),
    run: (command, ...flags) => helm(version, [...command.split(' '), name, ...where, ...flags]),
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
