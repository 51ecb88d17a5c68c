import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  KubeConfig,
  type KubernetesObject,
  type V1PolicyRule,
  type V1Role,
  type V1RoleBinding,
} from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../devcluster/control-plane/control-plane.ts';
import { apply } from './apply.ts';
import { runInitProgram } from './init-program.ts';
import { outputOf } from './pod-program.ts';
import { requestToken, writeServiceAccount } from './service-account.ts';
import type { Site } from './show-promise.ts';
import { type DocumentRef, inContext, whoAmI } from './written-kubeconfig.ts';

const NAME = 'edge';
/** The namespace of the site's ServiceAccounts, in its own cluster. */
const NAMESPACE = 'multisite';
/** The identity of the kubeconfig's readers in the site. */
const SITE_ACCOUNT = 'edge-site';
/** The identity of the program in the site. */
const PROGRAM_ACCOUNT = 'multisite-init';
/** The identity of the program in the central cluster. */
const REGISTRAR = 'edge-registrar';

export interface EdgeOptions {
  /** The API server of the site. */
  readonly own: ControlPlaneFacts;
  /** The API server that has the ConfigMap. */
  readonly central: Pick<ControlPlaneFacts, 'url' | 'ca'>;
  readonly document: DocumentRef;
  /** The folder for the site's files. */
  readonly folder: string;
  readonly interrupted: AbortSignal;
}

/**
 * Gives a site in its own cluster everything that it needs to register itself in the central cluster. The steps are
 * those of this page:
 * https://github.com/cdk8s-multisite/cdk8s-multisite/blob/main/docs/multisite-init/tasks.md#register-a-site-from-its-own-cluster
 */
export async function prepareEdge(options: EdgeOptions): Promise<Site> {
  const { own, central, document, folder, interrupted } = options;
  const admin = new KubeConfig();
  admin.loadFromFile(own.kubeconfig);
  await applyAll(document.kubeConfig, centralObjects(document), interrupted);
  await applyAll(admin, ownObjects(), interrupted);

  const targetKubeconfig = join(folder, 'central.kubeconfig');
  const registrarToken = await requestToken(document.kubeConfig, document.namespace, REGISTRAR);
  await writeFile(targetKubeconfig, kubeconfigOf(central, registrarToken), { mode: 0o600 });
  const serviceAccountDirectory = join(folder, 'edge-serviceaccount');
  const token = await requestToken(admin, NAMESPACE, PROGRAM_ACCOUNT);
  await writeServiceAccount(serviceAccountDirectory, token, own.ca);
  await writeFile(join(serviceAccountDirectory, 'namespace'), NAMESPACE);

  const args = [
    `--namespace=${document.namespace}`,
    `--configmap=${document.configMap}`,
    `--key=${document.key}`,
    `--location=${NAME}`,
    `--user=${NAME}`,
    '--token-source=request',
    `--service-account=${SITE_ACCOUNT}`,
    `--target-kubeconfig=${targetKubeconfig}`,
    `--server=${own.url}`,
    `--ca-file=${own.caFile}`,
    '--no-verify', // multisite-init writes a loopback address only with this flag; the step `identity` tests the address
  ];
  const pod = { host: own.host, port: String(own.port), serviceAccountDirectory };
  const register = async () =>
    outputOf(await runInitProgram({ name: 'multisite-init', args }, pod, interrupted));
  return {
    name: NAME,
    how: 'with --target-kubeconfig',
    account: `system:serviceaccount:${NAMESPACE}:${SITE_ACCOUNT}`,
    register,
    registerAgain: register,
    whoAmI: (text) => whoAmI(inContext(text, NAME)),
  };
}

async function applyAll(
  kubeConfig: KubeConfig,
  objects: readonly KubernetesObject[],
  interrupted: AbortSignal,
): Promise<void> {
  for (const object of objects) {
    interrupted.throwIfAborted();
    await apply(kubeConfig, object);
  }
}

/** An identity for the site in the central cluster, with rights to the ConfigMap only. */
function centralObjects({ namespace, configMap }: DocumentRef): KubernetesObject[] {
  const rule = {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: [configMap],
    verbs: ['get', 'patch'],
  };
  return [serviceAccount(namespace, REGISTRAR), ...grant(namespace, REGISTRAR, rule)];
}

/**
 * An identity for the readers, and one for the program. The program may request tokens of the readers' ServiceAccount.
 */
function ownObjects(): KubernetesObject[] {
  const resourceNames = [SITE_ACCOUNT];
  const rule = { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames, verbs: ['create'] };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    serviceAccount(NAMESPACE, SITE_ACCOUNT),
    serviceAccount(NAMESPACE, PROGRAM_ACCOUNT),
    ...grant(NAMESPACE, PROGRAM_ACCOUNT, rule),
  ];
}

function serviceAccount(namespace: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } };
}

/** A Role and its RoleBinding. Both have the name of the ServiceAccount. */
function grant(namespace: string, name: string, rule: V1PolicyRule): [V1Role, V1RoleBinding] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { namespace, name };
  return [
    { apiVersion, kind: 'Role', metadata, rules: [rule] },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    },
  ];
}

function kubeconfigOf({ url, ca }: Pick<ControlPlaneFacts, 'url' | 'ca'>, token: string): string {
  const kubeConfig = new KubeConfig();
  const cluster = {
    name: 'central',
    server: url,
    caData: Buffer.from(ca).toString('base64'),
    skipTLSVerify: false,
  };
  kubeConfig.loadFromClusterAndUser(cluster, { name: REGISTRAR, token });
  return kubeConfig.exportConfig();
}
