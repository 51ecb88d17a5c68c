import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runKubectl } from '../../../../devcluster/control-plane/kubectl.ts';
import { writeServiceAccount } from '../../../../start/service-account.ts';
import { startConnectProxy } from '../../../support/connect-proxy.ts';
import { kubeconfigOf } from '../../../support/kubeconfig-of.ts';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createAuthority, issueServer, type KeyPair } from '../../../support/pki.ts';
import { createSite } from '../../../support/site.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { startFrontWith } from '../../../support/tls-front.ts';

const HOST = '127.0.0.1';
const LOCAL = { ip: [HOST], dns: ['localhost'] };

interface Case {
  /** What the server shows, and what its clients trust. */
  readonly make: () => Promise<{ readonly server: KeyPair; readonly ca: string }>;
  /** @default HOST */
  readonly host?: string;
  readonly trusted: boolean;
}

async function twins(order: (texts: readonly string[]) => readonly string[]) {
  const first = await createAuthority('twin', { keyIdentifiers: false });
  const second = await createAuthority('twin', { keyIdentifiers: false });
  const ca = order([first.certificate, second.certificate]).join('\n');
  return { server: await issueServer(second, 'server', LOCAL), ca };
}

/** A chain below a root; the server shows its own certificate, or the intermediate's, too. */
async function below(shown: 'alone' | 'chain', trusted: 'root' | 'intermediate' | 'both') {
  const root = await createAuthority('root');
  const intermediate = await createAuthority('intermediate', { issuer: root });
  const server = await issueServer(intermediate, 'server', LOCAL);
  const certificate =
    shown === 'alone' ? server.certificate : `${server.certificate}\n${intermediate.certificate}`;
  const ca = {
    root: root.certificate,
    intermediate: intermediate.certificate,
    both: `${root.certificate}\n${intermediate.certificate}`,
  };
  return { server: { ...server, certificate }, ca: ca[trusted] };
}

async function named(commonName: string, names: Parameters<typeof issueServer>[2]) {
  const authority = await createAuthority('authority');
  return { server: await issueServer(authority, commonName, names), ca: authority.certificate };
}

const CASES: Readonly<Record<string, Case>> = {
  'the root, of a chain that is shown whole': { make: () => below('chain', 'root'), trusted: true },
  'the root, of a chain that is not shown': { make: () => below('alone', 'root'), trusted: false },
  'the intermediate alone': { make: () => below('alone', 'intermediate'), trusted: true },
  'the intermediate alone, which is shown': { make: () => below('chain', 'intermediate'), trusted: true },
  'root and intermediate': { make: () => below('alone', 'both'), trusted: true },
  'two CAs of one name, the right one first': {
    make: () => twins((both) => both.toReversed()),
    trusted: true,
  },
  'two CAs of one name, the right one last': { make: () => twins((both) => both), trusted: true },
  'two CAs of one name, the right one missing': {
    make: () => twins(([first = '']) => [first]),
    trusted: false,
  },
  'a host among the names': { make: () => named('server', LOCAL), host: 'localhost', trusted: true },
  'an address as common name alone': { make: () => named(HOST, {}), trusted: false },
  'a host as common name alone': { make: () => named('localhost', {}), host: 'localhost', trusted: false },
  'a host as common name beside an address': {
    make: () => named('localhost', { ip: [HOST] }),
    host: 'localhost',
    trusted: false,
  },
  'a part of a label as wildcard': {
    make: () => named('server', { dns: ['local*'] }),
    host: 'localhost',
    trusted: false,
  },
};

describe.each(Object.entries(CASES))(
  'a server is trusted as by kubectl: %s',
  (_, { make, host = HOST, trusted }) => {
    test.each(ENGINE_NAMES)('on %s', async (engine) => {
      const site = await createSite();
      const { server, ca } = await make();
      const { port } = await startFrontWith(server, HOST);
      const folder = await temporaryFolder();
      await writeServiceAccount(folder, site.token, ca);
      const env = {
        KUBERNETES_SERVICE_HOST: host,
        KUBERNETES_SERVICE_PORT: String(port),
        SERVICE_ACCOUNT_DIRECTORY: folder,
      };
      expect(await kubectlTrusts(`https://${host}:${port}`, ca, site.token)).toBe(trusted);
      const { exitCode, stderr } = await site.run(engine, ['--timeout=5s'], env);
      expect({ exitCode, stderr }).toEqual(endsAs(trusted));
    });

    test.each(ENGINE_NAMES)('behind a proxy, on %s', async (engine) => {
      const site = await createSite();
      const { server, ca } = await make();
      const { port } = await startFrontWith(server, HOST);
      const proxy = await startConnectProxy();
      const url = `https://${host}:${port}`;
      const file = await kubeconfigFile(url, ca, site.token, `http://127.0.0.1:${proxy.port}`);
      expect(await kubectlTrustsBy(file)).toBe(trusted);
      const ofKubectl = proxy.tunnels.length;
      expect(ofKubectl).toBeGreaterThan(0);
      const { exitCode, stderr } = await site.run(engine, [`--target-kubeconfig=${file}`, '--timeout=5s']);
      expect({ exitCode, stderr }).toEqual(endsAs(trusted));
      expect(proxy.tunnels.length).toBeGreaterThan(ofKubectl);
    });
  },
);

function endsAs(trusted: boolean) {
  return trusted
    ? { exitCode: 0, stderr: expect.any(String) }
    : { exitCode: 6, stderr: expect.stringMatching(/the CA does not verify the server's certificate/) };
}

async function kubectlTrusts(server: string, ca: string, token: string): Promise<boolean> {
  return kubectlTrustsBy(await kubeconfigFile(server, ca, token));
}

async function kubeconfigFile(url: string, ca: string, token: string, proxyUrl?: string): Promise<string> {
  const file = join(await temporaryFolder(), 'kubeconfig');
  const text = kubeconfigOf({ url, ca }, token);
  await writeFile(
    file,
    proxyUrl === undefined ? text : text.replace(/^( +)server: /m, `$1proxy-url: ${proxyUrl}\n$&`),
  );
  return file;
}

async function kubectlTrustsBy(file: string): Promise<boolean> {
  const { exitCode, stderr } = await runKubectl(file, ['get', '--raw=/version']);
  if (exitCode !== 0) {
    expect(stderr).toMatch(/certificate/);
  }
  return exitCode === 0;
}
