import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../../../devcluster/control-plane/control-plane.ts';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { createExecPlugin, execCredential } from '../../../support/exec-plugin.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createOtherCluster, type OtherCluster } from '../../../support/other-cluster.ts';
import { createSite, type Site } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { outerAddress, passOnTo, startFront } from '../../../support/tls-front.ts';

let there: ControlPlane;
let site: Site;
let other: OtherCluster;

beforeAll(async () => {
  there = await startControlPlane();
});
afterAll(() => there.stop());

/** The flags for the ConfigMap of another cluster, which come after the site's own. */
async function targetFlags(user: object, cluster?: object): Promise<string[]> {
  const kubeconfig = await other.kubeconfigFile(user, cluster);
  return [`--namespace=${other.namespace}`, `--target-kubeconfig=${kubeconfig}`];
}

async function setUp(): Promise<void> {
  [site, other] = [await createSite(), await createOtherCluster(there)];
}

const WROTE = { exitCode: 0, stdout: expect.stringMatching(/^wrote/) };

describe.each(ENGINE_NAMES)('multisite-init --target-kubeconfig on %s', (engine) => {
  describe('asks an exec plug-in', () => {
    test('once, for all its requests', async () => {
      await setUp();
      const { exec, runs } = await createExecPlugin(await temporaryFolder(), execCredential(other.token));
      expect(await site.run(engine, await targetFlags({ exec }), {}, [other.token])).toMatchObject(WROTE);
      expect((await other.kubeconfig()).users[0].user.token).toBe(site.token);
      expect(await runs()).toBe(1);
    });

    test('whose failure it tells', async () => {
      await setUp();
      const plugin = await createExecPlugin(
        await temporaryFolder(),
        '',
        'echo "no such profile" >&2; exit 1',
      );
      const ended = await site.run(engine, await targetFlags({ exec: plugin.exec }));
      expectFailure(ended, 3, /context "there" in .* gives no credential: no such profile\n.*exec plug-in/);
      expect((await other.configMap()).data).toBeUndefined();
    });

    test('which is not there', async () => {
      await setUp();
      const { exec: there } = await createExecPlugin(await temporaryFolder(), '');
      const exec = { ...there, command: '/nonexistent/plug-in' };
      const ended = await site.run(engine, await targetFlags({ exec }));
      expectFailure(ended, 3, /gives no credential: .*\/nonexistent\/plug-in.*\n.*exec plug-in/);
    });

    test('which prints something else, and repeats none of it', async () => {
      await setUp();
      const { exec } = await createExecPlugin(await temporaryFolder(), 'hush-hush');
      const ended = await site.run(engine, await targetFlags({ exec }), {}, ['hush']);
      expectFailure(ended, 3, /gives no credential: its exec plug-in did not print an ExecCredential/);
    });

    test('which never ends', async () => {
      await setUp();
      const { exec, runs, lives } = await createExecPlugin(await temporaryFolder(), '', 'exec sleep 60');
      const ended = await site.run(engine, [...(await targetFlags({ exec })), '--timeout=1s']);
      expectFailure(ended, 6, /the kubeconfig gave no credential within 1 s/);
      expect(await runs()).toBe(1);
      await vi.waitFor(async () => expect(await lives()).toBe(false), { timeout: 20_000 });
    });
  });

  describe('behind a proxy', () => {
    /** A server that is not at a loopback address. */
    async function outerServer(): Promise<{ server: string; ca: object }> {
      const { url, ca } = await startFront(outerAddress(), passOnTo(there));
      return { server: url, ca: { 'certificate-authority-data': Buffer.from(ca).toString('base64') } };
    }

    test('goes through the one that the kubeconfig names, with its password', async () => {
      await setUp();
      const { server, ca } = await outerServer();
      const proxy = await startConnectProxy();
      const cluster = { server, ...ca, 'proxy-url': `http://me:hush-hush@127.0.0.1:${proxy.port}` };
      const flags = await targetFlags({ token: other.token }, cluster);
      expect(await site.run(engine, flags, {}, [other.token, 'hush-hush'])).toMatchObject(WROTE);
      expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(server).host]));
      expect(proxy.authorizations[0]).toBe(`Basic ${Buffer.from('me:hush-hush').toString('base64')}`);
    });

    test('shows it a client certificate no less', async () => {
      await setUp();
      const proxy = await startConnectProxy();
      const flags = await targetFlags(other.admin, { 'proxy-url': `http://127.0.0.1:${proxy.port}` });
      expect(await site.run(engine, flags)).toMatchObject(WROTE);
      expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(there.url).host]));
    });

    test.each(['http', 'https', 'socks5'])('of %s that is not there goes to no other', async (scheme) => {
      await setUp();
      const flags = await targetFlags({ token: other.token }, { 'proxy-url': `${scheme}://localhost:9` });
      const ended = await site.run(engine, [...flags, '--timeout=1s'], {}, [other.token]);
      expectFailure(ended, 6, /GET .*: /);
      expect((await other.configMap()).data).toBeUndefined();
    });

    test.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
      'believes no authority that %s names where the cluster has no CA',
      async (variable) => {
        await setUp();
        const { url, caFile } = await startFront(outerAddress(), passOnTo(there));
        const { port, tunnels } = await startConnectProxy();
        const noCa = { server: url, 'certificate-authority-data': undefined };
        const flags = await targetFlags(
          { token: other.token },
          { ...noCa, 'proxy-url': `http://127.0.0.1:${port}` },
        );
        const env = { [variable]: caFile, NODE_OPTIONS: '--use-openssl-ca' };
        const ended = await site.run(engine, flags, env, [other.token]);
        expectFailure(ended, 6, /the CA does not verify the server's certificate/);
        expect(tunnels).toEqual([new URL(url).host]);
      },
    );

    test('goes through none that the environment names', async () => {
      await setUp();
      const { server, ca } = await outerServer();
      const { port, tunnels } = await startConnectProxy();
      const url = `http://127.0.0.1:${port}`;
      const env = {
        HTTPS_PROXY: url,
        https_proxy: url,
        ALL_PROXY: url,
        all_proxy: url,
        NODE_USE_ENV_PROXY: '1',
      };
      const flags = await targetFlags({ token: other.token }, { server, ...ca });
      expect(await site.run(engine, flags, env, [other.token])).toMatchObject(WROTE);
      expect(tunnels).toEqual([]);
    });
  });
});
