import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, type V1ConfigMap } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';
import type { ControlPlaneFacts } from '../../devcluster/control-plane/control-plane.ts';
import { requestToken } from '../../start/service-account.ts';
import { CONFIG_MAP } from './site.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A namespace with an empty ConfigMap in a cluster that is not the program's own. */
export interface OtherCluster {
  readonly namespace: string;
  /** A credential there that may get and patch the ConfigMap. */
  readonly token: string;
  configMap(): Promise<V1ConfigMap>;
  /** The document as data. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any part of it
  kubeconfig(): Promise<any>;
  /** Its admin, who has a client certificate. */
  readonly admin: object;
  /** A file whose current context `there` is of this cluster. */
  kubeconfigFile(user: object, cluster?: object): Promise<string>;
}

const SITE = 'site';

export async function createOtherCluster(controlPlane: ControlPlaneFacts): Promise<OtherCluster> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  const namespace = `other-${randomBytes(4).toString('hex')}`;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: CONFIG_MAP } } });
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: SITE } } });
  await allowSite(kubeConfig, namespace);
  const configMap = () => core.readNamespacedConfigMap({ namespace, name: CONFIG_MAP });
  return {
    namespace,
    token: await requestToken(kubeConfig, namespace, SITE),
    admin: parse(await readFile(controlPlane.kubeconfig, 'utf8')).users[0].user,
    configMap,
    kubeconfig: async () => parse((await configMap()).data?.kubeconfig ?? ''),
    kubeconfigFile: async (user, cluster = {}) => {
      const file = join(await temporaryFolder(), 'kubeconfig');
      const { url, ca } = controlPlane;
      const trusted = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
      const text = stringify({
        'current-context': 'there',
        clusters: [{ name: 'there', cluster: { ...trusted, ...cluster } }],
        contexts: [{ name: 'there', context: { cluster: 'there', user: 'me' } }],
        users: [{ name: 'me', user }],
      });
      await writeFile(file, text);
      return file;
    },
  };
}

async function allowSite(kubeConfig: KubeConfig, namespace: string): Promise<void> {
  const rbac = kubeConfig.makeApiClient(RbacAuthorizationV1Api);
  const metadata = { name: SITE };
  const rule = {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: [CONFIG_MAP],
    verbs: ['get', 'patch'],
  };
  await rbac.createNamespacedRole({ namespace, body: { metadata, rules: [rule] } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: SITE };
  const subjects = [{ kind: 'ServiceAccount', name: SITE, namespace }];
  await rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
}
