import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node';
import { afterEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { kubernetesBinary } from '../../../devcluster/builds/kubernetes.ts';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';
import { adminClient } from '../../../devcluster/control-plane/admin-client.ts';
import { writeCertificates } from '../../../devcluster/control-plane/certificates.ts';
import { startComponent } from '../../../devcluster/control-plane/component.ts';
import { type ControlPlane, startControlPlane } from '../../../devcluster/control-plane/control-plane.ts';
import { API_HOST, kubeApiServer, lostPort } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { followProcess } from '../../support/follow-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { alive, processesNaming } from '../fixtures/processes.ts';

/** How long what was left to itself may take to clean up. */
const PATIENCE = { timeout: 10_000, interval: 50 };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a control plane', () => {
  test('answers its admin with the version that was asked for', async () => {
    const version = await admin(inject('controlPlane')).makeApiClient(VersionApi).getCode();

    expect(version.gitVersion).toBe(`v${RELEASES.main.version}`);
    expect(inject('controlPlane').version).toBe(`v${RELEASES.main.version}`);
  });

  test('is not trusted by a client that does not know its authority', async () => {
    const { url } = inject('controlPlane');

    await expect(getStatus(`${url}/version`, {})).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/),
    });
  });

  test('refuses a client without credentials, and one with wrong ones', async () => {
    const { url, ca } = inject('controlPlane');
    const namespaces = `${url}/api/v1/namespaces`;

    expect(await getStatus(namespaces, { ca })).toBe(403);
    expect(await getStatus(namespaces, { ca, headers: { authorization: 'Bearer nonsense' } })).toBe(401);
  });

  test('keeps its keys to itself', async () => {
    const { folder } = inject('controlPlane');
    const keys = (await readdir(folder)).filter((name) => /\.(key|kubeconfig)$/.test(name));

    expect(keys).toContain('service-account.key');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const key of keys) {
      expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
    }
  });

  test('runs beside others, each with its own data', async () => {
    const [one, other] = await Promise.all([startForTest(), startForTest()]);
    const body = { metadata: { name: 'only-here' } };
    await admin(one).makeApiClient(CoreV1Api).createNamespacedConfigMap({ namespace: 'default', body });

    const elsewhere = admin(other).makeApiClient(CoreV1Api);
    const { items } = await elsewhere.listNamespacedConfigMap({ namespace: 'default' });

    expect(one.port).not.toBe(other.port);
    expect(items.map(({ metadata }) => metadata?.name)).not.toContain('only-here');
  });
});

/** As deep as a folder for temporary files may lie: longer than the path of a socket may be, with the names that follow. */
const LONG = 90;

test('a control plane starts with a long TMPDIR, and leaves nothing in it, nor its socket elsewhere', async () => {
  const temporary = await temporaryFolder();
  const long = join(temporary, 'x'.repeat(LONG - temporary.length - 1));
  await mkdir(long);
  vi.stubEnv('TMPDIR', long);

  const controlPlane = await startForTest();

  expect(controlPlane.folder.startsWith(long)).toBe(true);
  const socket = await socketOf(controlPlane.folder);
  expect(existsSync(socket)).toBe(true);
  await controlPlane.stop();
  expect(await readdir(long)).toEqual([]);
  expect(existsSync(dirname(socket))).toBe(false);
});

describe('nothing is left behind', () => {
  test('by stop()', async () => {
    const controlPlane = await startForTest();
    const pids = await processesOf(controlPlane.folder);

    await controlPlane.stop();

    expect(existsSync(controlPlane.folder)).toBe(false);
    expect(await alive(pids)).toEqual([]);
  });

  test('by a caller that is killed', async () => {
    const caller = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/caller.ts')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void caller.kill('SIGKILL'));
    const folder = await followProcess(caller).said(/^\//);
    const pids = await processesOf(folder);
    const socket = await socketOf(folder);
    expect(existsSync(socket)).toBe(true);

    caller.kill('SIGKILL');

    await vi.waitFor(async () => expect(await alive(pids)).toEqual([]), PATIENCE);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(dirname(socket))).toBe(false);
  });

  test('by an aborted start', async () => {
    const temporary = await temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    const abort = new AbortController();
    const reason = new Error('changed my mind');

    const start = startControlPlane({ signal: abort.signal });
    start.catch(() => undefined);
    await vi.waitFor(async () => expect(await processesNaming(temporary)).not.toEqual([]), PATIENCE);
    abort.abort(reason);

    await expect(start).rejects.toBe(reason);
    expect(await processesNaming(temporary)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('by a component that ends by itself, and stop() says so', async () => {
    const controlPlane = await startForTest();
    const pids = await processesOf(controlPlane.folder);
    const [etcd] = await processesNaming(join(controlPlane.folder, 'etcd'));
    if (etcd === undefined) {
      throw new Error('there is no etcd');
    }

    process.kill(etcd.pid, 'SIGKILL');

    await vi.waitFor(async () => expect(await alive(pids)).toEqual([]), PATIENCE);
    expect(existsSync(controlPlane.folder)).toBe(false);
    await expect(controlPlane.stop()).rejects.toThrow(/^etcd ended by itself \(SIGKILL\)/);
  });
});

test('an API server that finds its port taken is known by it', async () => {
  const folder = await temporaryFolder();
  const { port } = inject('controlPlane');
  const certificates = await writeCertificates(folder, [API_HOST], ['localhost']);
  const etcdSocket = join(folder, 'etcd.sock');
  const get = adminClient(API_HOST, port, certificates);
  const options = { port, folder, etcdSocket, certificates, get };
  const apiServer = kubeApiServer(await kubernetesBinary('kube-apiserver'), options);

  const error: unknown = await startComponent(apiServer, folder, AbortSignal.timeout(30_000)).catch((e) => e);

  expect(lostPort(error)).toBe(true);
});

async function startForTest(): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ controllers: true });
  onTestFinished(() => controlPlane.stop().catch(() => undefined));
  return controlPlane;
}

/** The ids of etcd, kube-apiserver, kube-controller-manager and the supervisor that started them. */
async function processesOf(folder: string): Promise<number[]> {
  const components = await processesNaming(folder);
  const pids = new Set(components.flatMap(({ pid, parent }) => [pid, parent]));
  expect(components).toHaveLength(3);
  expect(pids.size).toBe(4);
  return [...pids];
}

/** The path of the socket that its etcd listens on. */
async function socketOf(folder: string): Promise<string> {
  const [etcd] = await processesNaming(join(folder, 'etcd'));
  const [, socket] = /--listen-client-urls=unix:\/\/(\S+)/.exec(etcd?.command ?? '') ?? [];
  if (socket === undefined) {
    throw new Error('etcd has no socket');
  }
  return socket;
}

function admin({ kubeconfig }: { readonly kubeconfig: string }): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

interface GetOptions {
  readonly ca?: string;
  readonly headers?: Record<string, string>;
}

function getStatus(url: string, options: GetOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
