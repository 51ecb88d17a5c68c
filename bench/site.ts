import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../devcluster/control-plane/control-plane.ts';
import { apply } from '../start/apply.ts';
import { flagOf, initContainer, podAccount } from '../start/init-program.ts';
import { only, synthesize } from '../start/manifests.ts';
import { requestToken, writeServiceAccount } from '../start/service-account.ts';
import { type BenchConfigMap, benchConfigMap } from './config-map.ts';
import type { Python } from './python.ts';

const NAMESPACE = 'cloudify';
const KINDS = new Set(['Namespace', 'ConfigMap', 'ServiceAccount', 'Role', 'RoleBinding']);

/** The synthesized ConfigMap and RBAC on a control plane, and the environment of a pod on this machine. */
export interface Site {
  readonly configMap: BenchConfigMap;
  /** The init container's arguments in the manifests. */
  readonly initArgs: readonly string[];
  /** The whole environment of every measured process. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder for files of the run. It is the working directory of the measured processes. */
  readonly folder: string;
  readonly token: string;
  readonly server: string;
  /** A kubeconfig with the same server, CA and token as `env`. */
  readonly kubeconfigFile: string;
}

export async function createSite(
  controlPlane: ControlPlaneFacts,
  folder: string,
  python: Python | undefined,
  signal: AbortSignal,
): Promise<Site> {
  const admin = new KubeConfig();
  admin.loadFromFile(controlPlane.kubeconfig);
  const objects = await synthesize(NAMESPACE, join(folder, 'dist'), { signal });
  for (const object of objects) {
    if (KINDS.has(object.kind ?? '')) {
      await apply(admin, object);
    }
  }

  const deployment = only(objects, 'Deployment');
  const token = await requestToken(admin, NAMESPACE, podAccount(deployment));
  const directory = join(folder, 'serviceaccount');
  await writeServiceAccount(directory, token, controlPlane.ca);
  const kubeconfigFile = join(folder, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfigOf(controlPlane.url, join(directory, 'ca.crt'), token), {
    mode: 0o600,
  });
  const container = initContainer(deployment);
  return {
    configMap: benchConfigMap(admin, NAMESPACE, flagOf(container, 'configmap'), flagOf(container, 'key')),
    initArgs: mounted(container.args ?? []),
    env: {
      KUBERNETES_SERVICE_HOST: controlPlane.host,
      KUBERNETES_SERVICE_PORT: String(controlPlane.port),
      SERVICE_ACCOUNT_DIRECTORY: directory,
      TERMINATION_MESSAGE_PATH: join(folder, 'termination-log'),
      HOME: folder,
      ...(python && { PYTHONUSERBASE: python.userBase }),
    },
    folder,
    token,
    server: controlPlane.url,
    kubeconfigFile,
  };
}

/** The arguments without a token request, so that only a read and a write are measured. */
function mounted(args: readonly string[]): readonly string[] {
  return args.filter((arg) => !/^--(token-source|service-account|expiration)=/.test(arg));
}

function kubeconfigOf(server: string, caFile: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bench', cluster: { server, 'certificate-authority': caFile } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench', namespace: NAMESPACE } }],
    users: [{ name: 'bench', user: { token } }],
    'current-context': 'bench',
  });
}
