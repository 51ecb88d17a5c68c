import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../../../devcluster/control-plane/control-plane.ts';
import { portOf } from '../../../../devcluster/control-plane/port-of.ts';
import { expectFailure } from '../../../support/expect-failure.ts';
import { ENGINE_NAMES, runMultisiteInit } from '../../../support/multisite-init.ts';
import { createOtherCluster, type OtherCluster } from '../../../support/other-cluster.ts';
import { startRefresher } from '../../../support/refresher.ts';
import { CONFIG_MAP, createSite } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { outerAddress, passOnTo, startFront } from '../../../support/tls-front.ts';

let there: ControlPlane;

beforeAll(async () => {
  there = await startControlPlane();
});
afterAll(() => there.stop());

const INTERNAL = /writing https:\S+, an address inside this cluster: for readers elsewhere, give --server/;

/** The flags for the ConfigMap of another cluster, which come after the site's own. */
function targetFlags({ namespace }: OtherCluster, kubeconfig: string): string[] {
  return [`--namespace=${namespace}`, `--target-kubeconfig=${kubeconfig}`];
}

describe.each(ENGINE_NAMES)('multisite-init --target-kubeconfig on %s', (engine) => {
  test("writes this cluster's entry into another cluster's ConfigMap, by a client certificate", async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const own = await site.configMap();
    const ended = await site.run(engine, targetFlags(other, there.kubeconfig));
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote context "central"/) });
    const { url, ca } = inject('controlPlane');
    expect(url).not.toBe(there.url);
    expect(await other.kubeconfig()).toMatchObject({
      clusters: [
        {
          name: 'central',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca.trim()).toString('base64') },
        },
      ],
      users: [{ name: 'user00', user: { token: site.token } }],
    });
    expect(await site.configMap()).toEqual(own);
    expect((await site.run(engine, targetFlags(other, there.kubeconfig))).stdout).toMatch(/^nothing to do/);
  });

  test('says that the address is the one within this cluster, unless another is given', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const flags = targetFlags(other, there.kubeconfig);
    expect((await site.run(engine, flags)).stderr).toMatch(INTERNAL);
    const { url, caFile } = await startFront(outerAddress());
    const ended = await site.run(engine, [...flags, `--server=${url}`, `--ca-file=${caFile}`]);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(ended.stderr).not.toMatch(INTERNAL);
    expect((await other.kubeconfig()).clusters[0].cluster.server).toBe(url);
    expect((await site.run(engine)).stderr).not.toMatch(INTERNAL);
  });

  test('takes a token, and its rights alone', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const kubeconfig = await other.kubeconfigFile({ token: other.token });
    const ended = await site.run(engine, targetFlags(other, kubeconfig), {}, [other.token]);
    expect(ended).toMatchObject({ exitCode: 0 });
    expect((await other.kubeconfig()).users[0].user.token).toBe(site.token);
    const denied = await site.run(
      engine,
      [...targetFlags(other, kubeconfig), '--configmap=secret', '--wait=0s'],
      {},
      [other.token],
    );
    expectFailure(
      denied,
      4,
      new RegExp(`Or run in the cluster of ${kubeconfig}: kubectl create role site-configmaps `),
    );
    expect(denied.termination).toContain(`--serviceaccount=${other.namespace}:site\n`);
  });

  test('takes a token of a file beside it', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const kubeconfig = await other.kubeconfigFile({ tokenFile: 'token' });
    await writeFile(join(dirname(kubeconfig), 'token'), `${other.token}\n`);
    const ended = await site.run(engine, targetFlags(other, kubeconfig), {}, [other.token]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
  });

  test('takes the current context, or the one that --target-context names', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const kubeconfig = await other.kubeconfigFile({ token: other.token });
    const text = await readFile(kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replace('current-context: there', 'current-context: elsewhere'));
    const flags = targetFlags(other, kubeconfig);
    expectFailure(
      await site.run(engine, flags, {}, [other.token]),
      3,
      /has no context "elsewhere"\n.*it has "there"/,
    );
    const named = await site.run(engine, [...flags, '--target-context=there'], {}, [other.token]);
    expect(named).toMatchObject({ exitCode: 0 });
    const unknown = await site.run(engine, [...flags, '--target-context=here'], {}, [other.token]);
    expectFailure(
      unknown,
      3,
      /has no context "here"\n.*it has "there"\. The flag for the context is --target-context/,
    );
  });

  test('reads the file again when it is replaced', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const [good, file] = [
      await other.kubeconfigFile({ token: other.token }),
      join(await temporaryFolder(), 'kubeconfig'),
    ];
    // Whoever comes finds the file rotated.
    const server = createServer((socket) => void copyFile(good, file).then(() => socket.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const text = await readFile(good, 'utf8');
    await writeFile(file, text.replace(there.url, `https://127.0.0.1:${portOf(server)}`));
    const ended = await site.run(engine, targetFlags(other, file), {}, [other.token]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
    expect(ended.stderr).toContain('trying again');
  });

  test('--watch mends the entry there', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const refresher = await startRefresher(engine, site, targetFlags(other, there.kubeconfig));
    await refresher.said(/^wrote/);
    const admin = new KubeConfig();
    admin.loadFromFile(there.kubeconfig);
    await admin.makeApiClient(CoreV1Api).patchNamespacedConfigMap({
      namespace: other.namespace,
      name: CONFIG_MAP,
      body: [{ op: 'remove', path: '/data/kubeconfig' }],
    });
    await vi.waitFor(async () => expect((await other.kubeconfig())?.users[0].user.token).toBe(site.token), {
      timeout: 30_000,
    });
    expect((await refresher.stop()).exitCode).toBe(0);
  });

  test('works outside of a cluster, with the token of a file', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const { url, caFile } = await startFront(outerAddress());
    const token = ['--token-source=file', `--token-file=${join(site.directory, 'token')}`];
    const args = [
      ...targetFlags(other, there.kubeconfig),
      ...token,
      `--server=${url}`,
      `--ca-file=${caFile}`,
    ];
    const ended = await runMultisiteInit(engine, [...args, '--verify'], {}, [site.token]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('it authenticates as') });
    expect(await other.kubeconfig()).toMatchObject({
      clusters: [{ cluster: { server: url } }],
      users: [{ user: { token: site.token } }],
    });
  });

  test('needs a pod all the same for other tokens', async () => {
    const other = await createOtherCluster(there);
    expectFailure(
      await runMultisiteInit(engine, targetFlags(other, there.kubeconfig)),
      3,
      /not in a cluster.*\n.*--token-source=file/,
    );
  });

  describe('refuses', () => {
    test.each([
      ['a file that is missing', undefined, /cannot read the kubeconfig .* \(ENOENT\)/],
      ['an empty file', '', /is not a kubeconfig/],
      ['a file that is no YAML', 'users: [{name: a, user: {token: hush-hush', /is not a kubeconfig/],
      ['a file of something else', 'hush-hush', /is not a kubeconfig/],
    ])('%s', async (_, content, message) => {
      const [site, other] = [await createSite(), await createOtherCluster(there)];
      const file = join(await temporaryFolder(), 'kubeconfig');
      if (content !== undefined) {
        await writeFile(file, content);
      }
      expectFailure(await site.run(engine, targetFlags(other, file), {}, ['hush']), 3, message);
    });

    test.each([{ 'insecure-skip-tls-verify': true }, { server: 'http://127.0.0.1:1' }])(
      'a cluster that is not verified: %o',
      async (cluster) => {
        const [site, other] = [await createSite(), await createOtherCluster(there)];
        const file = await other.kubeconfigFile({ token: other.token }, cluster);
        const ended = await site.run(engine, targetFlags(other, file), {}, [other.token]);
        expectFailure(
          ended,
          3,
          /certificate would not be checked, so any server could get the credential\n.*https server/,
        );
        expect((await other.configMap()).data).toBeUndefined();
      },
    );

    test('a server with the certificate of another CA', async () => {
      const [site, other] = [await createSite(), await createOtherCluster(there)];
      const { url } = await startFront('127.0.0.1', passOnTo(there));
      const file = await other.kubeconfigFile({ token: other.token }, { server: url });
      const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const ended = await site.run(engine, targetFlags(other, file), env, [other.token]);
      expectFailure(
        ended,
        6,
        new RegExp(`the CA does not verify the server's certificate.*\n.*the CA in ${file} belongs to`),
      );
    });

    test.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
      'a cluster without a CA, which the authority that %s names does not make up for',
      async (variable) => {
        const [site, other] = [await createSite(), await createOtherCluster(there)];
        const { url, caFile } = await startFront('127.0.0.1', passOnTo(there));
        const noCa = { server: url, 'certificate-authority-data': undefined };
        const file = await other.kubeconfigFile({ token: other.token }, noCa);
        const env = { [variable]: caFile, NODE_OPTIONS: '--use-openssl-ca' };
        const ended = await site.run(engine, targetFlags(other, file), env, [other.token]);
        expectFailure(ended, 6, /the CA does not verify the server's certificate/);
      },
    );

    test('a credential that the server does not take', async () => {
      const [site, other] = [await createSite(), await createOtherCluster(there)];
      const file = await other.kubeconfigFile({ token: site.token });
      const ended = await site.run(engine, targetFlags(other, file));
      expectFailure(
        ended,
        4,
        new RegExp(`current context in ${file} .*GET ${there.url}.*401.*\n.*Renew the credential in ${file}`),
      );
    });
  });

  test('hides the credential for the other cluster, too', async () => {
    const [site, other] = [await createSite(), await createOtherCluster(there)];
    const quoted = JSON.stringify({ message: 'nosy denied the request: opaque-target-token' });
    const { url, ca } = await startFront('127.0.0.1', (socket) => {
      socket.on('data', () => {
        socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${quoted.length}\r\n\r\n${quoted}`);
      });
    });
    const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    const file = await other.kubeconfigFile({ token: 'opaque-target-token' }, cluster);
    const ended = await site.run(engine, [...targetFlags(other, file), '--wait=0s'], {}, [
      'opaque-target-token',
    ]);
    expectFailure(ended, 4, /nosy denied the request: \(redacted\)/);
  });
});
