import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1Container,
  type V1Secret,
} from '@kubernetes/client-node';
import { onTestFinished } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { PODMAN, run } from '../../devcluster/images/containers.ts';
import { MULTISITE_IMAGE } from '../../devcluster/images/images.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import type { Access } from '../docs/desk.ts';
import type { EndOfProcess } from '../support/follow-process.ts';
import { runContainer } from '../support/run-container.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { outerAddress, passOnTo, startFront } from '../support/tls-front.ts';

/** A cluster without a node: podman runs on this machine what a kubelet would. */
export interface SecondSite {
  /** The admin's, at an address that others could reach. */
  readonly access: Access;
  readonly kubeConfig: KubeConfig;
  readonly controlPlane: ControlPlane;
}

/** Starts one; it ends with the test. */
export async function startSecondSite(): Promise<SecondSite> {
  const controlPlane = await startControlPlane({ controllers: true });
  onTestFinished(() => controlPlane.stop());
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  const front = await startFront(outerAddress(), passOnTo(controlPlane));
  const access = { server: front.url, ca: front.ca, user: { token: await adminToken(kubeConfig) } };
  return { access, kubeConfig, controlPlane };
}

/** The front takes no client certificates along. */
async function adminToken(kubeConfig: KubeConfig): Promise<string> {
  const [namespace, name] = ['default', 'admin'];
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  await kubeConfig.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  });
  return requestToken(kubeConfig, namespace, name);
}

/** What its pod would have besides what the container says. */
export interface PodOfSite {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The volume that the container mounts from a Secret: where, and what of. */
  readonly secret: { readonly mountPath: string; readonly name: string };
  /** Where readers reach the site, in place of the address in the arguments. */
  readonly server: { readonly written: string; readonly real: string };
}

export interface RunningContainer {
  readonly ended: Promise<EndOfProcess>;
  /** Ends it as the kubelet does. */
  stop(): Promise<EndOfProcess>;
}

/** Runs a container of a pod of the second site, in the image of this project; it ends with the test. */
export async function runInSecondSite(
  { kubeConfig, controlPlane: { host, port, ca } }: SecondSite,
  container: V1Container,
  pod: PodOfSite,
): Promise<RunningContainer> {
  const folder = await temporaryFolder();
  const serviceAccount = join(folder, 'serviceaccount');
  await writeServiceAccount(
    serviceAccount,
    await requestToken(kubeConfig, pod.namespace, pod.serviceAccount),
    ca,
  );
  await writeFile(join(serviceAccount, 'namespace'), pod.namespace);
  const secret = join(folder, 'secret');
  await writeSecret(
    secret,
    await kubeConfig
      .makeApiClient(CoreV1Api)
      .readNamespacedSecret({ namespace: pod.namespace, name: pod.secret.name }),
  );
  // Readable for the container's user, as the kubelet makes them.
  await run('chmod', ['-R', 'a+rX', folder]);

  const name = `second-site-${process.pid}`;
  const args = container.args?.map((arg) => arg.replace(pod.server.written, pod.server.real)) ?? [];
  const ended = runContainer(
    name,
    { ...container, image: MULTISITE_IMAGE, args: [...args, `--port=${await freePort()}`] },
    {
      env: { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(port) },
      mounts: {
        '/var/run/secrets/kubernetes.io/serviceaccount': serviceAccount,
        [pod.secret.mountPath]: secret,
      },
    },
  );
  const stop = async () => {
    // Of one that has ended podman knows nothing any more.
    await run('podman', [...PODMAN, 'kill', '--signal=TERM', name]).catch(() => undefined);
    return ended;
  };
  onTestFinished(async () => void (await stop().catch(() => undefined)));
  return { ended, stop };
}

/** What a Secret has, as files of a volume. */
async function writeSecret(folder: string, { data = {} }: V1Secret): Promise<void> {
  await mkdir(folder);
  for (const [name, value] of Object.entries(data)) {
    await writeFile(join(folder, name), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
}
