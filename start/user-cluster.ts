import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { usageFailure } from '../runtime/cli/failure.ts';
import { create, remove } from './apply.ts';
import { CleanUpError } from './cleaning-up.ts';
import type { Target } from './target.ts';

const OTHER_CONTEXT = 'Correct your kubeconfig, or name another context.';

/** What is applied in somebody's cluster: no workload, and no Namespace but the one made for this run. */
const KINDS = new Set(['ConfigMap', 'ServiceAccount', 'Role', 'RoleBinding']);

/** The cluster behind a context of the user's kubeconfig. Nothing is created there yet. */
export function userCluster(context: string): Target {
  const kubeConfig = loadContext(context);
  const { server, ca } = serverOf(kubeConfig, context);
  const namespace = `multisite-start-${randomBytes(4).toString('hex')}`;
  const ours: KubernetesObject[] = [];
  return {
    kubeConfig,
    namespace,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || '443',
    ca,
    url: server.origin,
    edge: undefined,
    wants: (object) => KINDS.has(object.kind ?? ''),
    prepare: (steps) =>
      steps.run('namespace', async () => {
        const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
        ours.push(await create(kubeConfig, object));
        return { said: `created ${namespace}`, value: undefined };
      }),
    created: (object) => void ours.push(object),
    cleanUp: () => removeAll(kubeConfig, ours),
  };
}

/** The namespace was there first, and goes last. One that cannot be removed keeps no other. */
async function removeAll(kubeConfig: KubeConfig, objects: readonly KubernetesObject[]): Promise<string> {
  const removed: string[] = [];
  const failures: string[] = [];
  for (const object of [...objects].reverse()) {
    try {
      await remove(kubeConfig, object);
      removed.push(object.kind ?? '');
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  if (failures.length > 0) {
    throw new CleanUpError(`please delete by hand: ${failures.join('; ')}`);
  }
  return removed.length === 0 ? 'nothing had been created' : `deleted ${removed.join(', ')}`;
}

function loadContext(context: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const names = kubeConfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw usageFailure(
      `your kubeconfig has no context "${context}"`,
      names.length === 0 ? 'It has none: see KUBECONFIG.' : `It has ${names.join(', ')}.`,
    );
  }
  kubeConfig.setCurrentContext(context);
  return kubeConfig;
}

function serverOf(kubeConfig: KubeConfig, context: string): { server: URL; ca: string } {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) {
    throw usageFailure(`context "${context}" names no cluster`, OTHER_CONTEXT);
  }
  const server = URL.parse(cluster.server);
  if (!server) {
    throw usageFailure(
      `the cluster of context "${context}" has no URL, but "${cluster.server}"`,
      OTHER_CONTEXT,
    );
  }
  if (cluster.proxyUrl || cluster.tlsServerName) {
    throw usageFailure(
      `the cluster of context "${context}" is reached by a proxy or under another name, which a pod's client knows nothing of`,
      OTHER_CONTEXT,
    );
  }
  if (server.protocol !== 'https:' || server.pathname !== '/') {
    throw usageFailure(
      `the cluster of context "${context}" is behind ${cluster.server}: a pod reaches an API server by https, host and port alone`,
      OTHER_CONTEXT,
    );
  }
  const ca = cluster.caData
    ? Buffer.from(cluster.caData, 'base64').toString('utf8')
    : cluster.caFile && readCa(cluster.caFile, context);
  if (!ca) {
    throw usageFailure(
      `the cluster of context "${context}" names no certificate-authority, which the program needs to trust it`,
      OTHER_CONTEXT,
    );
  }
  return { server, ca };
}

function readCa(path: string, context: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageFailure(
      `the CA file of context "${context}" cannot be read: ${(error as Error).message}`,
      OTHER_CONTEXT,
    );
  }
}
