import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { CoreV1Api, KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { RELEASES } from '../../../../devcluster/builds/kubernetes-releases.ts';
import {
  COLD_START_TIMEOUT_MS,
  type ControlPlane,
  startControlPlane,
} from '../../../../devcluster/control-plane/control-plane.ts';
import { apply } from '../../../../start/apply.ts';
import { initContainer, podAccount, siteAccount } from '../../../../start/init-program.ts';
import { only, synthesize } from '../../../../start/manifests.ts';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { tokenIn } from '../../../support/accounts.ts';
import { allow } from '../../../support/allow.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { OTHERS } from '../../../support/other-sites.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { enterSite, type Site } from '../../../support/site.ts';
import { startFront } from '../../../support/tls-front.ts';

/** Stands in the manifests where each test puts a namespace of its own. */
const NAMESPACE = 'namespace-of-the-test';

let manifests: KubernetesObject[];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'releases-test-'));
  manifests = await synthesize(NAMESPACE, folder);
  await rm(folder, { recursive: true });
});

interface ReleaseSite extends Site {
  /** The ServiceAccount whose tokens the pod may request. */
  readonly deployer: string;
}

/** The manifests as users apply them, in a namespace of its own, and the surroundings of their pod. */
async function createSite(controlPlane: ControlPlane): Promise<ReleaseSite> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(controlPlane.kubeconfig);
  const namespace = `site-${randomBytes(4).toString('hex')}`;
  const objects: KubernetesObject[] = JSON.parse(JSON.stringify(manifests).replaceAll(NAMESPACE, namespace));
  for (const object of objects) {
    await apply(kubeConfig, object);
  }
  const deployment = only(objects, 'Deployment');
  const site = await enterSite(controlPlane, kubeConfig, namespace, podAccount(deployment));
  return { ...site, deployer: siteAccount(initContainer(deployment)) };
}

/** Between program and API server: somebody else has a turn before each PATCH gets there. */
async function interveneAt(
  controlPlane: ControlPlane,
  site: Site,
  beforePatch: () => Promise<unknown>,
): Promise<Record<string, string>> {
  const { host, port, ca } = controlPlane;
  const { port: frontPort, ca: frontCa } = await startFront('127.0.0.1', (socket: TLSSocket) => {
    const onward = connect({ host, port, ca, servername: '' });
    const turn = new Transform({
      transform: (bytes: Buffer, _, done) => {
        const isPatch = bytes.toString('latin1').startsWith('PATCH ');
        void (isPatch ? beforePatch() : Promise.resolve()).then(() => done(null, bytes), done);
      },
    });
    socket.pipe(turn).pipe(onward).pipe(socket);
    for (const end of [socket, onward]) {
      end.on('error', () => end.destroy());
      end.on('close', () => void [socket, onward].map((other) => other.destroy()));
    }
  });
  await writeServiceAccount(site.directory, site.token, frontCa);
  return { KUBERNETES_SERVICE_PORT: String(frontPort) };
}

describe.each(['oldest', 'newest'] as const)('on the %s release', (release) => {
  let controlPlane: ControlPlane;

  beforeAll(async () => {
    controlPlane = await startControlPlane({ release, controllers: true });
    expect(controlPlane.version).toBe(`v${RELEASES[release].version}`);
  }, COLD_START_TIMEOUT_MS);
  afterAll(() => controlPlane.stop());

  describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
    test('merges, verifies, and then has nothing to do', async () => {
      const site = await createSite(controlPlane);
      await site.setDocument(OTHERS);
      const user = `system:serviceaccount:${site.namespace}:${site.serviceAccount}`;
      const first = await site.run(engine, ['--verify']);
      expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context/) });
      expect(first.stdout).toContain(`verified: it authenticates as ${user}`);
      const written = await site.configMap();
      const lines = OTHERS.split('\n');
      const kept = (await site.document()).split('\n').filter((line) => lines.includes(line));
      expect(kept.join('\n')).toBe(OTHERS);
      expect(await tokenIn(site)).toBe(site.token);
      const second = await site.run(engine, ['--verify']);
      expect(second).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^nothing to do/) });
      expect(await site.configMap()).toEqual(written);
    });

    test('reads and merges again when somebody wrote in between', async () => {
      const site = await createSite(controlPlane);
      let turns = 0;
      const env = await interveneAt(controlPlane, site, async () => {
        if (turns++ === 0) {
          await site.setDocument(OTHERS);
        }
      });
      const ended = await site.run(engine, [], env);
      expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('409') });
      expect(turns).toBe(2);
      const names = (await site.kubeconfig()).contexts.map(({ name }: { name: string }) => name);
      expect(names).toEqual(['edge', 'central']);
    });

    test('requests a token as the manifests have it, and keeps it', async () => {
      const site = await createSite(controlPlane);
      const request = ['--token-source=request', `--service-account=${site.deployer}`];
      const ended = await site.run(engine, [...request, '--expiration=2h', '--verify']);
      const user = `system:serviceaccount:${site.namespace}:${site.deployer}`;
      expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`as ${user}`) });
      const token = await tokenIn(site);
      expect(token).not.toBe(site.token);
      expect((await site.run(engine, request, {}, [token])).stdout).toMatch(/^nothing to do/);
    });

    test('writes to a Secret', async () => {
      const site = await createSite(controlPlane);
      const { namespace, kubeConfig } = site;
      const core = kubeConfig.makeApiClient(CoreV1Api);
      await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'sites' } } });
      for (const verb of ['get', 'patch']) {
        await allow(site, 'secrets', 'sites', verb);
      }
      expect(await site.run(engine, ['--secret=sites'])).toMatchObject({ exitCode: 0 });
      const { data } = await core.readNamespacedSecret({ namespace, name: 'sites' });
      const { users } = parse(Buffer.from(data?.kubeconfig ?? '', 'base64').toString());
      expect(users).toEqual([{ name: 'user00', user: { token: site.token } }]);
      expect((await site.run(engine, ['--secret=sites'])).stdout).toMatch(/^nothing to do/);
    });

    test('--watch mends a damaged entry, and ends well', async () => {
      const site = await createSite(controlPlane);
      const refresher = await startRefresher(engine, site);
      await refresher.said(/^wrote/);
      await site.setDocument(OTHERS);
      await vi.waitFor(
        async () => {
          expect(await tokenIn(site)).toBe(site.token);
          expect(await refresher.metric('writes_total')).toBe(2);
        },
        { timeout: 30_000 },
      );
      expect(await refresher.metric('failures_total')).toBe(0);
      expect((await refresher.stop()).exitCode).toBe(0);
    });
  });
});
