import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { usageFailure } from '../runtime/cli/failure.ts';
import { create, remove } from './apply.ts';
import { CleanUpError } from './cleaning-up.ts';
import type { Target } from './target.ts';

const OTHER_CONTEXT = 'Correct your kubeconfig, or give another context.';

/** The kinds that are applied in a user's cluster. Workloads and the manifests' Namespaces are not applied. */
const KINDS = new Set(['ConfigMap', 'ServiceAccount', 'Role', 'RoleBinding']);

/** The cluster of a context in the user's kubeconfig. This function creates nothing in it. */
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
        return { summary: `created ${namespace}`, value: undefined };
      }),
    created: (object) => void ours.push(object),
    cleanUp: () => removeAll(kubeConfig, ours),
  };
}

/**
 * Removes the objects in reverse order, so the namespace comes last. If one object cannot be removed, the others are
 * removed anyway.
 */
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
    throw new CleanUpError(`please delete these objects by hand: ${failures.join('; ')}`);
  }
  return removed.length === 0 ? 'nothing was created' : `deleted ${removed.join(', ')}`;
}

function loadContext(context: string): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const names = kubeConfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    throw usageFailure(
      `your kubeconfig has no context "${context}"`,
      names.length === 0
        ? 'It has no contexts. Set KUBECONFIG to another file.'
        : `Give one of its contexts: ${names.join(', ')}.`,
    );
  }
  kubeConfig.setCurrentContext(context);
  return kubeConfig;
}

function serverOf(kubeConfig: KubeConfig, context: string): { server: URL; ca: string } {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) {
    throw usageFailure(`context "${context}" has no cluster`, OTHER_CONTEXT);
  }
  const server = URL.parse(cluster.server);
  if (!server) {
    throw usageFailure(`the server of context "${context}" is not a URL: "${cluster.server}"`, OTHER_CONTEXT);
  }
  if (cluster.proxyUrl || cluster.tlsServerName) {
    throw usageFailure(
      `context "${context}" has proxy-url or tls-server-name, and a client in a pod cannot use them`,
      OTHER_CONTEXT,
    );
  }
  if (server.protocol !== 'https:' || server.pathname !== '/') {
    throw usageFailure(
      `the server of context "${context}" is ${cluster.server}: a pod can only use https, a host and a port, without a path`,
      OTHER_CONTEXT,
    );
  }
  const ca = cluster.caData
    ? Buffer.from(cluster.caData, 'base64').toString('utf8')
    : cluster.caFile && readCa(cluster.caFile, context);
  if (!ca) {
    throw usageFailure(
      `the cluster of context "${context}" has no certificate-authority, and the program needs one to verify the server`,
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
