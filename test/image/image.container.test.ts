import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, type V1Container, type V1Deployment } from '@kubernetes/client-node';
import { beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { portOf } from '../../devcluster/control-plane/port-of.ts';
import { PODMAN, run } from '../../devcluster/images/containers.ts';
import { buildImage } from '../../devcluster/images/runtime-image.ts';
import { apply } from '../../start/apply.ts';
import { initContainer, podAccount, siteAccount } from '../../start/init-program.ts';
import { only, synthesize } from '../../start/manifests.ts';
import { requestToken, writeServiceAccount } from '../../start/service-account.ts';
import { readWrittenKubeconfig, whoAmI } from '../../start/written-kubeconfig.ts';
import { admin } from '../support/admin.ts';
import { processOf, runContainer, startContainer } from '../support/run-container.ts';
import { CONFIG_MAP } from '../support/site.ts';

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
  for (const object of objects) {
    await apply(kubeConfig, object);
  }
  const token = await requestToken(kubeConfig, namespace, podAccount(only(objects, 'Deployment')));
  const serviceAccount = join(folder, 'serviceaccount');
  await writeServiceAccount(serviceAccount, token, controlPlane.ca);
  const terminationLog = join(folder, 'termination-log');
  await writeFile(terminationLog, '');
  // Readable for the container's user, as the kubelet makes them.
  for (const path of [folder, serviceAccount]) {
    await chmod(path, 0o755);
  }
  for (const file of ['token', 'ca.crt']) {
    await chmod(join(serviceAccount, file), 0o644);
  }
  await chmod(terminationLog, 0o666);
  const deployment = only(objects, 'Deployment');
  return {
    namespace,
    kubeConfig,
    container: initContainer(deployment),
    refresher: refresherOf(deployment),
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

function refresherOf(deployment: V1Deployment): V1Container {
  const containers = deployment.spec?.template.spec?.containers;
  const refresher = containers?.find(({ name }) => name === 'multisite-init-refresh');
  if (!refresher) {
    throw new Error('the Deployment has no container multisite-init-refresh');
  }
  return refresher;
}

test('the synthesized init container does its job under its security context', async () => {
  const { namespace, kubeConfig, container, around } = await deploy();
  const first = await runContainer(namespace, container, around);
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });

  const written = await readWrittenKubeconfig(kubeConfig, namespace, CONFIG_MAP, 'kubeconfig');
  expect(await whoAmI(written)).toBe(`system:serviceaccount:${namespace}:${siteAccount(container)}`);

  const second = await runContainer(namespace, container, around);
  expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
});

test('it runs as the user that OpenShift gives it, of whom the image knows nothing', async () => {
  const { namespace, container, around } = await deploy();
  // From the range of a project; the group is root's: https://docs.openshift.com/container-platform/4.17/openshift_images/create-images.html
  const securityContext = { ...container.securityContext, runAsUser: 1_000_680_000, runAsGroup: 0 };
  const ended = await runContainer(namespace, { ...container, securityContext }, around);
  expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });
});

test('a failure is left where the kubelet looks for it', async () => {
  const { namespace, kubeConfig, container, around, terminationLog } = await deploy();
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.deleteNamespacedConfigMap({ namespace, name: CONFIG_MAP });
  const ended = await runContainer(namespace, container, around);
  expect(ended.exitCode).toBe(5);
  expect(await readFile(terminationLog, 'utf8')).toMatch(
    /does not exist\nApply the manifests: they create it empty/,
  );
});

test('SIGTERM ends it, although it is process 1', async () => {
  const { namespace, container, around } = await deploy();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...around.env, KUBERNETES_SERVICE_PORT: String(portOf(server)) };
  const connected = once(server, 'connection');
  const { ended, whileRunning } = await startContainer(namespace, container, { ...around, env });
  const [socket] = await whileRunning(connected);
  socket.on('error', () => {}); // the program that ends resets the connection
  await run('podman', [...PODMAN, 'kill', '--signal=TERM', namespace]);
  expect(await ended).toMatchObject({ exitCode: 143 });
  socket.destroy();
  server.close();
});

describe('the synthesized refresher, under its security context,', () => {
  /** It runs, at a port that nothing else on this machine has, and has written. */
  async function startRefresher() {
    const { namespace, kubeConfig, refresher, around } = await deploy();
    const port = await freePort();
    const args = refresher.args?.map((arg) => arg.replace(/^--port=.*/, `--port=${port}`));
    const { ended, whileRunning } = await startContainer(namespace, { ...refresher, args }, around);
    onTestFinished(async () => {
      // Of one that has ended podman knows nothing any more.
      await run('podman', [...PODMAN, 'kill', '--signal=KILL', namespace]).catch(() => undefined);
      await ended;
    });
    const get = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    const isReady = vi.waitFor(async () => expect((await get('/readyz')).status).toBe(200), {
      timeout: 60_000,
      interval: 50,
    });
    await whileRunning(isReady);
    const core = kubeConfig.makeApiClient(CoreV1Api);
    const document = async () =>
      (await core.readNamespacedConfigMap({ namespace, name: CONFIG_MAP })).data?.kubeconfig ?? '';
    return { namespace, refresher, port, get, ended, document, core, pid: await processOf(namespace) };
  }

  test('writes, writes again, answers the kubelet and Prometheus, and takes what it is given', async () => {
    const { namespace, refresher, get, document, core, pid } = await startRefresher();
    const written = await document();
    const user = new KubeConfig();
    user.loadFromString(written);
    expect(await whoAmI(user)).toBe(`system:serviceaccount:${namespace}:${siteAccount(refresher)}`);
    await core.patchNamespacedConfigMap({
      namespace,
      name: CONFIG_MAP,
      body: [{ op: 'remove', path: '/data/kubeconfig' }],
    });
    await vi.waitFor(async () => expect(await document()).toBe(written), { timeout: 30_000 });
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
    expect((await get('/metrics')).text).toMatch(/^multisite_init_writes_total 2$/m);

    // As the kernel sees it: nobody's capabilities, no way to more of them, the seccomp filter on.
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+65532\s+65532\s+65532\s+65532$/m);
    expect(status).toMatch(/^Gid:\s+65532\s+65532\s+65532\s+65532$/m);
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0{16}$`, 'm'));
    }
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8');
    const root = mounts.split('\n').find((line) => line.split(' ')[4] === '/');
    expect(root?.split(' ')[5]?.split(',')).toContain('ro');
  });

  test('does not poll while there is nothing to do', async () => {
    const { pid } = await startRefresher();
    const [before, start] = [await cpuMs(pid), performance.now()];
    await sleep(16_000);
    const part = ((await cpuMs(pid)) - before) / (performance.now() - start);
    console.log(`idle refresher of the image: ${(part * 100).toFixed(2)} % of a core`);
    // A few thousandths on a quiet machine, some hundredths on a busy one; what polls takes far more.
    expect(part).toBeLessThan(0.1);
  });

  test('ends within a second of SIGTERM, although it is process 1', async () => {
    const { namespace, port, ended, pid } = await startRefresher();
    const connection = connect(port, '127.0.0.1');
    // Only by what is said on it does a connection become one that the program has.
    connection.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(connection, 'data');
    const closed = once(connection, 'close');
    const start = performance.now();
    process.kill(pid, 'SIGTERM');
    // The kernel closes what it had open: podman is slower to notice.
    await closed;
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await ended, namespace).toMatchObject({ exitCode: 0 });
  });
});

/** Of all its threads, in milliseconds: the kernel counts them in nanoseconds (Documentation/scheduler/sched-stats.rst). */
async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    return Number(stat.split(' ')[0]) / 1e6;
  });
  return (await Promise.all(times)).reduce((sum, ms) => sum + ms, 0);
}

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
