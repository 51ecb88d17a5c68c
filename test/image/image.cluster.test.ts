import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthenticationV1Api, CoreV1Api, KubeConfig, type V1Container } from '@kubernetes/client-node';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { apply } from '../../start/apply.ts';
import { initContainer, podAccount, siteAccount } from '../../start/init-program.ts';
import { only, synthesize } from '../../start/manifests.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { admin } from '../support/admin.ts';
import { buildImage } from './build-image.ts';
import { PODMAN, run } from './containers.ts';
import { runContainer } from './run-container.ts';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

let manifest: V1Container;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'image-test-'));
  manifest = initContainer(only(await synthesize('cloudify', folder), 'Deployment'));
  await rm(folder, { recursive: true });
  await buildImage(manifest.image ?? '');
});

/** The synthesized manifests applied in a namespace of their own, and what the kubelet would mount. */
async function deploy() {
  const controlPlane = inject('controlPlane');
  const kubeConfig = admin();
  const namespace = `image-${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'image-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const objects = await synthesize(namespace, join(folder, 'dist'));
  for (const object of objects) await apply(kubeConfig, object);
  const token = await requestToken(kubeConfig, namespace, podAccount(only(objects, 'Deployment')));
  const serviceAccount = join(folder, 'serviceaccount');
  await writeServiceAccount(serviceAccount, token, controlPlane.ca);
  const terminationLog = join(folder, 'termination-log');
  await writeFile(terminationLog, '');
  // Readable for the container's user, as the kubelet makes them.
  for (const path of [folder, serviceAccount]) await chmod(path, 0o755);
  for (const file of ['token', 'ca.crt']) await chmod(join(serviceAccount, file), 0o644);
  await chmod(terminationLog, 0o666);
  return {
    namespace,
    kubeConfig,
    container: initContainer(only(objects, 'Deployment')),
    terminationLog,
    around: {
      env: {
        KUBERNETES_SERVICE_HOST: controlPlane.host,
        KUBERNETES_SERVICE_PORT: String(controlPlane.port),
      },
      mounts: { [MOUNT]: serviceAccount, '/dev/termination-log': terminationLog },
    },
  };
}

test('the synthesized init container does its job under its security context', async () => {
  const { namespace, kubeConfig, container, around } = await deploy();
  const first = await runContainer(namespace, container, around);
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });

  const core = kubeConfig.makeApiClient(CoreV1Api);
  const { data } = await core.readNamespacedConfigMap({ namespace, name: 'multisite-kubeconfig-configmap' });
  const written = new KubeConfig();
  written.loadFromString(data?.kubeconfig ?? '');
  const review = await written.makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} });
  expect(review.status?.userInfo?.username).toBe(
    `system:serviceaccount:${namespace}:${siteAccount(container)}`,
  );

  const second = await runContainer(namespace, container, around);
  expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
});

test('a failure is left where the kubelet looks for it', async () => {
  const { namespace, kubeConfig, container, around, terminationLog } = await deploy();
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.deleteNamespacedConfigMap({ namespace, name: 'multisite-kubeconfig-configmap' });
  const ended = await runContainer(namespace, container, around);
  expect(ended.exitCode).toBe(5);
  expect(await readFile(terminationLog, 'utf8')).toMatch(/does not exist\nApply the manifests first/);
});

test('SIGTERM ends it, although it is process 1', async () => {
  const { namespace, container, around } = await deploy();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { ...around.env, KUBERNETES_SERVICE_PORT: String(port) };
  const connected = once(server, 'connection');
  const ended = runContainer(namespace, container, { ...around, env });
  // Whichever comes first: a container that could not be started never connects.
  await Promise.race([connected, ended]);
  const [socket] = await connected;
  await run('podman', [...PODMAN, 'kill', '--signal=TERM', namespace]);
  expect(await ended).toMatchObject({ exitCode: 143 });
  socket.destroy();
  server.close();
});

test('the image says itself that it is not root', async () => {
  const user = await run('podman', [
    ...PODMAN,
    'image',
    'inspect',
    '--format={{.Config.User}}',
    manifest.image ?? '',
  ]);
  expect(user).toBe('65532:65532');
});
