import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { API_ADDRESSES } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { runKubectl } from '../../../devcluster/control-plane/kubectl.ts';
import { loadKubeconfig } from '../../../runtime/kube/kubeconfig-file.ts';
import { transportBy } from '../../support/admin.ts';
import { createCollection } from '../../support/collection.ts';
import { createExecPlugin, execCredential } from '../../support/exec-plugin.ts';
import { createAuthority, issueServer } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FILES = join(import.meta.dirname, 'fixtures/kubeconfigs');

let token: string;
let otherToken: string;
/** What the admin's kubeconfig has: a client certificate and its key. */
let admin: Readonly<Record<string, string>>;
let folder: string;

beforeAll(async () => {
  ({ token } = await createCollection(inject('controlPlane')));
  ({ token: otherToken } = await createCollection(inject('controlPlane')));
  admin = parse(await readFile(inject('controlPlane').kubeconfig, 'utf8')).users[0].user;
});

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'token'), `${token}\n`);
  await writeFile(join(folder, 'ca.crt'), inject('controlPlane').ca);
});

type UserInfo = Readonly<Record<string, unknown>> | undefined;

/** Who kubectl is by a kubeconfig; undefined where it cannot use that. */
async function kubectlIs(file: string): Promise<UserInfo> {
  const { exitCode, stdout } = await runKubectl(file, ['auth', 'whoami', '--output=json']);
  return exitCode === 0 ? withoutCredentialId(JSON.parse(stdout).status.userInfo) : undefined;
}

async function weAre(file: string): Promise<UserInfo> {
  const transport = transportBy(file);
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  try {
    const review = await transport.send(
      { method: 'POST', path, contentType: 'application/json', body },
      AbortSignal.timeout(10_000),
    );
    return withoutCredentialId((review as { status: { userInfo: UserInfo } }).status.userInfo);
  } catch {
    return undefined;
  }
}

/** Each new token has one of its own. */
function withoutCredentialId(userInfo: UserInfo): UserInfo {
  const { 'authentication.kubernetes.io/credential-id': _, ...extra } = (userInfo?.extra ?? {}) as Record<
    string,
    unknown
  >;
  return { ...userInfo, extra };
}

interface Case {
  readonly user?: () => object | Promise<object>;
  readonly cluster?: () => object;
  /** Of the whole text. */
  readonly change?: (text: string) => string;
  /** Whether it can be used. @default true */
  readonly usable?: boolean;
}

async function kubeconfig({ user, cluster, change = String }: Case): Promise<string> {
  const { url, ca } = inject('controlPlane');
  const data = Buffer.from(ca).toString('base64');
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'here', cluster: { server: url, 'certificate-authority-data': data, ...cluster?.() } },
    ],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    users: [{ name: 'me', user: (await user?.()) ?? { token } }],
    'current-context': 'here',
  });
  const file = join(folder, 'kubeconfig');
  await writeFile(file, change(text));
  return file;
}

/** A plug-in that gives a token if a condition of the shell is met. */
const plugin = async (condition: string, more: object = {}) => {
  const { exec } = await createExecPlugin(
    folder,
    '',
    `test ${condition} || exit 1; echo '${execCredential(token)}'`,
  );
  return { exec: { ...exec, ...more } };
};

/** The lines of the context and the cluster that are used stay whole. */
const append = (text: string) => (whole: string) => `${whole}${text}`;
const after = (line: RegExp, added: string) => (text: string) => text.replace(line, `$&${added}`);

const CASES: Readonly<Record<string, Case>> = {
  'a token': {},
  'a token beside a tokenFile that is null': { user: () => ({ token, tokenFile: null }) },
  'a token beside an empty tokenFile': { user: () => ({ token, tokenFile: '' }) },
  'a tokenFile': { user: () => ({ tokenFile: 'token' }) },
  'a tokenFile beside another token': { user: () => ({ token: otherToken, tokenFile: 'token' }) },
  'a tokenFile that is not there beside a token': { user: () => ({ token, tokenFile: 'absent' }) },
  'a tokenFile that is not there': { user: () => ({ tokenFile: 'absent' }), usable: false },
  'a client certificate': { user: () => admin },
  'a client certificate and a token': { user: () => ({ ...admin, token }) },
  'a client certificate without a key': {
    user: () => ({ 'client-certificate-data': admin['client-certificate-data'] }),
    usable: false,
  },
  'a client certificate that is none': {
    user: () => ({ ...admin, 'client-certificate-data': Buffer.from('certificate').toString('base64') }),
    usable: false,
  },
  'a client certificate and the key of another': {
    user: async () => {
      const { key } = await issueServer(await createAuthority('authority'), 'other', {});
      return { ...admin, 'client-key-data': Buffer.from(key).toString('base64') };
    },
    usable: false,
  },
  'a password': { user: () => ({ username: 'me', password: 'hush' }), usable: false },
  'a token and a password': { user: () => ({ token, username: 'me', password: 'hush' }), usable: false },
  'a tokenFile and a password': {
    user: () => ({ tokenFile: 'token', username: 'me', password: 'hush' }),
    usable: false,
  },
  'a tokenFile and a password without a user name': {
    user: () => ({ tokenFile: 'token', password: 'hush' }),
  },
  'a user that is null': {
    user: () => ({}),
    change: (text) => text.replace('user: {}', 'user: null'),
    usable: false,
  },
  'a CA file beside it': {
    cluster: () => ({ 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' }),
  },
  'a CA file that is not there': {
    cluster: () => ({ 'certificate-authority-data': undefined, 'certificate-authority': 'absent' }),
    usable: false,
  },
  'a CA file and CA data': { cluster: () => ({ 'certificate-authority': 'ca.crt' }), usable: false },
  'CA data that are null': { cluster: () => ({ 'certificate-authority-data': null }), usable: false },
  'CA data in lines': {
    change: (text) =>
      text.replace(/(certificate-authority-data: )(\S{20})(\S+)/, '$1|\n        $2\n        $3'),
  },
  'the name in the certificate': { cluster: () => ({ 'tls-server-name': 'kubernetes.default.svc' }) },
  'another name than those in the certificate': {
    cluster: () => ({ 'tls-server-name': 'a.example' }),
    usable: false,
  },
  'an address in the certificate': { cluster: () => ({ 'tls-server-name': API_ADDRESSES.at(-1) }) },
  'another address than those in the certificate': {
    cluster: () => ({ 'tls-server-name': '192.0.2.1' }),
    usable: false,
  },
  'a server without a scheme': {
    cluster: () => ({ server: inject('controlPlane').url.slice('https://'.length) }),
    usable: false,
  },
  'a server with a slash': { cluster: () => ({ server: `${inject('controlPlane').url}/` }) },
  'a proxy without a scheme': { cluster: () => ({ 'proxy-url': '127.0.0.1:9' }), usable: false },
  'a proxy of SOCKS 4': { cluster: () => ({ 'proxy-url': 'socks4://127.0.0.1:9' }), usable: false },
  'a user to be': { user: () => ({ ...admin, as: 'alice' }) },
  'a user with groups to be': {
    user: () => ({ ...admin, as: 'alice', 'as-groups': ['a', 'b'], 'as-uid': 'c' }),
  },
  'a user with more to be': {
    user: () => ({ ...admin, as: 'alice', 'as-user-extra': { 'example.com/a': ['1', '2'], 'B c%': ['3'] } }),
  },
  'a user of another alphabet to be': { user: () => ({ ...admin, as: 'älice', 'as-groups': ['группа'] }) },
  'a user with a line break to be': { user: () => ({ ...admin, as: 'alice\n' }), usable: false },
  'a user with a tab to be': { user: () => ({ ...admin, as: 'al\tice' }) },
  'a group with a line break': {
    user: () => ({ ...admin, as: 'alice', 'as-groups': ['a\n'] }),
    usable: false,
  },
  'nobody to be': { user: () => ({ ...admin, as: '' }) },
  'groups without a user to be': { user: () => ({ ...admin, 'as-groups': ['a'] }), usable: false },
  'groups that are no list': { user: () => ({ ...admin, as: 'alice', 'as-groups': 'a' }), usable: false },
  'an exec plug-in': { user: () => plugin('yes') },
  'an exec plug-in beside a token': {
    user: async () => ({ ...(await plugin('no = yes')), token }),
  },
  'an exec plug-in beside a client certificate': {
    user: async () => ({ ...(await plugin('no = yes')), ...admin }),
  },
  'an exec plug-in beside a password without a user name': {
    user: async () => ({ ...(await plugin('yes')), password: 'hush' }),
  },
  'an exec plug-in that reads stdin': { user: () => plugin('-z "$(cat)"') },
  'an exec plug-in that is told the cluster': {
    user: () => plugin('-n "$KUBERNETES_EXEC_INFO"', { provideClusterInfo: true }),
  },
  'an exec plug-in that is told the CA of a file': {
    user: () =>
      plugin(`"\${KUBERNETES_EXEC_INFO#*certificate-authority-data}" != "$KUBERNETES_EXEC_INFO"`, {
        provideClusterInfo: true,
      }),
    cluster: () => ({ 'certificate-authority-data': undefined, 'certificate-authority': 'ca.crt' }),
  },
  'an exec plug-in in a folder beside it': {
    user: async () => {
      await mkdir(join(folder, 'bin'), { recursive: true });
      await writeFile(join(folder, 'bin/get-token.sh'), `#!/bin/sh\necho '${execCredential(token)}'\n`);
      await chmod(join(folder, 'bin/get-token.sh'), 0o755);
      const { exec } = await plugin('yes');
      return { exec: { ...exec, command: 'bin/get-token.sh', args: null, env: null } };
    },
  },
  'an exec plug-in of an old version': {
    user: () => plugin('yes', { apiVersion: 'client.authentication.k8s.io/v1alpha1' }),
    usable: false,
  },
  'an exec plug-in without an interactiveMode': {
    user: () => plugin('yes', { interactiveMode: undefined }),
    usable: false,
  },
  'an exec plug-in that asks a person': {
    user: () => plugin('yes', { interactiveMode: 'Always' }),
    usable: false,
  },
  'an exec plug-in that fails': { user: () => plugin('no = yes'), usable: false },
  'an auth-provider that is gone': { user: () => ({ 'auth-provider': { name: 'gcp' } }), usable: false },
  'another context without cluster and user': {
    change: after(/^contexts:\n/m, '  - name: other\n    context: {}\n'),
  },
  'an unrelated cluster without a server': {
    change: after(/^clusters:\n/m, '  - name: other\n    cluster: {}\n'),
  },
  'an item that is null': { change: after(/^users:\n/m, '  - null\n') },
  'an unknown field': { change: append('colour: blue\n') },
  'lists that are null': {
    change: () => 'clusters: null\ncontexts: ~\nusers:\ncurrent-context: here\n',
    usable: false,
  },
  'an end of the document': { change: append('---\n') },
  'a second document': { change: append('---\nkind: Secret\n') },
  'a key that is there twice': { change: append('current-context: here\n') },
  'a key that is there twice, the other time for something else': {
    change: append('current-context: there\n'),
    usable: false,
  },
  'a name that is there twice': {
    change: after(/^users:\n/m, '  - name: me\n    user: {}\n'),
    usable: false,
  },
  'a field of another type in another user': {
    change: after(/^users:\n/m, '  - name: other\n    user: {token: 12}\n'),
    usable: false,
  },
  'a name that is a boolean': { change: after(/^users:\n/m, '  - name: no\n    user: {}\n'), usable: false },
  'a number that JSON has not': { change: append('colour: .nan\n'), usable: false },
  'a key that is null': { change: append('? \n: blue\n'), usable: false },
  'a merge key': {
    change: (text) =>
      `base: &base {token: ${token}}\n${text.replace(/token: \S+\n$|token: \S+\n(?=current)/m, '<<: *base\n')}`,
  },
  'another kind': { change: (text) => text.replace('kind: Config', 'kind: Secret'), usable: false },
  'no kind and no version': { change: (text) => text.replace(/^(kind|apiVersion): .*\n/gm, '') },
};

test.each(Object.entries(CASES))('we are who kubectl is, by %s', async (_, { usable = true, ...rest }) => {
  const file = await kubeconfig(rest);
  const kubectl = await kubectlIs(file);
  expect(kubectl !== undefined).toBe(usable);
  expect(await weAre(file)).toEqual(kubectl);
});

describe('files of many tools', () => {
  test('are read as kubectl reads them', async () => {
    for (const name of await readdir(FILES)) {
      const file = join(FILES, name);
      const text = await readFile(file, 'utf8');
      const { stdout } = await runKubectl(file, ['config', 'view', '--raw', '--output=json']);
      const view = JSON.parse(stdout);
      for (const context of [
        ...(view.contexts ?? []).map(({ name: one }: { name: string }) => one),
        view['current-context'],
      ]) {
        const minified = await runKubectl(file, [
          'config',
          'view',
          '--raw',
          '--minify',
          '--output=json',
          `--context=${context}`,
        ]);
        const read = () => loadKubeconfig(file, text, context);
        if (minified.exitCode !== 0) {
          expect(read, `${name} ${context}`).toThrow(/names no user|has no context/);
          continue;
        }
        const { clusters, users } = JSON.parse(minified.stdout);
        expect(asJson(read().cluster), name).toMatchObject(withPaths(clusters[0].cluster));
        const { exec, ...user } = users[0].user;
        expect(asJson(read().user), name).toMatchObject(withPaths(user));
        expect(asJson(read().user.exec ?? {}), name).toMatchObject(written(exec));
      }
    }
  });
});

/** kubectl shows paths as they are in the file. */
function withPaths(fields: Record<string, unknown>): object {
  const paths = ['certificate-authority', 'client-certificate', 'client-key'];
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      paths.includes(key) ? resolve(FILES, String(value)) : value,
    ]),
  );
}

/** Without what kubectl adds. */
function written({ interactiveMode: _, ...exec }: Record<string, unknown> = {}): object {
  return Object.fromEntries(Object.entries(exec).filter(([, value]) => value !== null));
}

/** As kubectl prints it: bytes in base64. */
function asJson(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, field) =>
      field?.type === 'Buffer' ? Buffer.from(field.data).toString('base64') : field,
    ),
  );
}
