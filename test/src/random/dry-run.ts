import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubernetesObject } from '@kubernetes/client-node';
import { Yaml } from 'cdk8s';
import { admin } from '../../support/admin.ts';

/** The plural of each kind that the constructs render, which is its path. */
const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  ServiceAccount: 'serviceaccounts',
  Service: 'services',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Pod: 'pods',
  Namespace: 'namespaces',
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  CronJob: 'cronjobs',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};
const CLUSTER_SCOPED = ['Namespace', 'ClusterRoleBinding'];

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/**
 * Why the API server would not create the object from the YAML that is written for it, unknown fields included; undefined
 * where it would. What has a namespace is created in this one.
 */
export async function refusalOf(object: KubernetesObject, namespace: string): Promise<string | undefined> {
  const { apiVersion = '', kind = '', metadata } = object;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const isNamespaced = !CLUSTER_SCOPED.includes(kind);
  const plural = PATHS[kind];
  if (plural === undefined) {
    throw new Error(`not in the table: ${kind}`);
  }

  const path = isNamespaced ? `${group}/namespaces/${namespace}/${plural}` : `${group}/${plural}`;
  const moved = isNamespaced ? { ...object, metadata: { ...metadata, namespace } } : object;
  const { status, body } = await post(`${path}?dryRun=All&fieldValidation=Strict`, Yaml.stringify(moved));
  if (status === 201) {
    return undefined;
  }
  const { message, reason }: { message: string; reason: string } = JSON.parse(body);
  // Said of what is valid, and there already.
  return reason === 'AlreadyExists' ? undefined : `${kind} ${metadata?.name}: ${message}`;
}

async function post(path: string, yaml: string): Promise<{ status: number | undefined; body: string }> {
  const kubeConfig = admin();
  const headers = { 'Content-Type': 'application/yaml', Accept: 'application/json' };
  const options = { method: 'POST', headers };
  await kubeConfig.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    request(`${kubeConfig.getCurrentCluster()?.server}${path}`, { ...options, agent }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    })
      .on('error', reject)
      .end(yaml);
  });
}
