import { randomBytes } from 'node:crypto';
import { CoreV1Api, type KubeConfig, type V1ConfigMap } from '@kubernetes/client-node';
import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { inject } from 'vitest';
import { parse } from 'yaml';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { MultisiteInit, MultisiteKubeconfig } from '../../src/index.ts';
import { apply } from '../../start/apply.ts';
import { nameOf, only } from '../../start/manifests.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { admin } from './admin.ts';
import { type Ended, type Engine, runMultisiteInit } from './multisite-init.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const CONFIG_MAP = 'multisite-kubeconfig-configmap';

/** A namespace of its own on the real API server, with what MultisiteInit puts there, and a pod's surroundings. */
export interface Site {
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly token: string;
  /** Folder with `token` and `ca.crt`, as mounted. */
  readonly directory: string;
  /** The environment of the pod. */
  readonly env: Readonly<Record<string, string>>;
  /** The program's run in that pod, in the site's namespace unless the arguments name another, which tells nobody the pod's token, nor these secrets. */
  run(
    engine: Engine,
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
    secrets?: readonly string[],
  ): Promise<Ended>;
  configMap(): Promise<V1ConfigMap>;
  document(): Promise<string>;
  /** The document as data. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any part of it
  kubeconfig(): Promise<any>;
  setDocument(text: string): Promise<V1ConfigMap>;
}

/** Applies the synthesized ConfigMap and RBAC, which stay for the life of the control plane. */
export async function createSite(): Promise<Site> {
  const kubeConfig = admin();
  const namespace = `site-${randomBytes(4).toString('hex')}`;
  const objects = synthesizeInit(namespace);
  await apply(kubeConfig, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (const object of objects) {
    if (object.kind !== 'Pod') {
      await apply(kubeConfig, object);
    }
  }
  return enterSite(inject('controlPlane'), kubeConfig, namespace, nameOf(only(objects, 'ServiceAccount')));
}

/** The surroundings of a pod where everything is applied already; its files go with the test. */
export async function enterSite(
  controlPlane: ControlPlaneFacts,
  kubeConfig: KubeConfig,
  namespace: string,
  serviceAccount: string,
): Promise<Site> {
  const token = await requestToken(kubeConfig, namespace, serviceAccount);
  const directory = await temporaryFolder();
  await writeServiceAccount(directory, token, controlPlane.ca);
  const env = {
    KUBERNETES_SERVICE_HOST: controlPlane.host,
    KUBERNETES_SERVICE_PORT: String(controlPlane.port),
    SERVICE_ACCOUNT_DIRECTORY: directory,
  };
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const configMap = () => core.readNamespacedConfigMap({ namespace, name: CONFIG_MAP });
  const document = async () => (await configMap()).data?.kubeconfig ?? '';
  return {
    kubeConfig,
    namespace,
    serviceAccount,
    token,
    directory,
    env,
    run: (engine, args = [], more = {}, secrets = []) =>
      runMultisiteInit(engine, inNamespace(namespace, args), { ...env, ...more }, [token, ...secrets]),
    configMap,
    document,
    kubeconfig: async () => parse(await document()),
    setDocument: async (text) => {
      const current = await configMap();
      return core.replaceNamespacedConfigMap({
        namespace,
        name: CONFIG_MAP,
        body: { ...current, data: { kubeconfig: text } },
      });
    },
  };
}

/** What a chart with one pod and MultisiteInit renders. */
function synthesizeInit(namespace: string) {
  const chart = new Chart(new App(), 'site', { namespace });
  const pod = new kplus.Pod(chart, 'Pod', { containers: [{ image: 'app' }] });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap });
  return chart.toJson();
}

/** The arguments of the program, with a namespace unless they have one. */
export function inNamespace(namespace: string, args: readonly string[]): readonly string[] {
  return args.some((arg) => arg.startsWith('--namespace=')) ? args : [`--namespace=${namespace}`, ...args];
}
