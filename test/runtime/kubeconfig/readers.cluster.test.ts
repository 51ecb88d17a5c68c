import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { pythonWithClient } from '../../../devcluster/builds/python-client.ts';
import { runKubectl, succeeded } from '../../../devcluster/control-plane/kubectl.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { whoAmI } from '../../../start/written-kubeconfig.ts';
import { ENGINE_NAMES } from '../../support/multisite-init.ts';
import { CONFIG_MAP, createSite, type Site } from '../../support/site.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const central = {
  location: 'central',
  user: 'user00',
  server: 'https://10.0.0.1:443',
  certificateAuthorityData: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'),
  token: 'eyJhbGciOi.eyJzdWIi.c2ln',
};

interface Named {
  readonly name: string;
}

interface View {
  readonly clusters: Named[] | null;
  readonly contexts: Named[] | null;
  readonly users: Named[] | null;
  readonly 'current-context': string;
}

/** What kubectl makes of a document, everything shown. */
async function kubectlView(text: string): Promise<View> {
  return JSON.parse(await kubectl(text, 'config', 'view', '--raw', '--output=json')) as View;
}

async function kubectl(kubeconfig: string, ...args: string[]): Promise<string> {
  const file = join(await temporaryFolder(), 'config');
  await writeFile(file, kubeconfig);
  return succeeded(runKubectl(file, [...args, `--cache-dir=${file}-cache`]));
}

/** What python-reader.py says. */
async function python<T>(args: readonly string[], input: string): Promise<T> {
  const script = join(import.meta.dirname, 'python-reader.py');
  const child = spawn(await pythonWithClient(), [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close'),
  ]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

/** Documents in every form that kubectl reads; it, not our own parser, says that the others stay what they are. */
const CORPUS: Readonly<Record<string, string>> = {
  'block style with comments': `# sites
clusters:
- name: edge # by the sea
  cluster: {server: "https://edge", proxy-url: "http://proxy"}
contexts:
- name: edge
  context:
    cluster: edge
    user: edge
    extensions:
    - name: x
      extension: {a: [1, 2.50, true, null, 0o17, 1_000, 2026-01-01]}
users:
- name: edge
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: get
      args: ["-c", 'it''s', "\\u00fc"]
      interactiveMode: Never
current-context: edge
`,
  JSON: JSON.stringify({
    kind: 'Config',
    clusters: [{ name: 'edge', cluster: { server: 'https://edge' } }],
    contexts: [{ name: 'edge', context: { cluster: 'edge', user: 'edge' } }],
    users: [{ name: 'edge', user: { token: 'theirs' } }],
  }),
  'JSON over several lines': JSON.stringify(
    { clusters: [{ name: 'edge', cluster: { server: 'https://edge' } }], contexts: null, users: [] },
    null,
    '\t',
  ),
  'anchors, aliases and merge keys of others': `clusters:
- name: a
  cluster: &a {server: "https://a"}
- name: b
  cluster:
    <<: *a
    tls-server-name: b
- name: c
  cluster: *a
`,
  'Windows line breaks': 'clusters:\r\n- name: a\r\n  cluster:\r\n    server: https://a\r\nusers:\r\n',
  'quoted keys': `"clusters":\n- 'name': "a"\n  "cluster": {'server': https://a}\n`,
  'block scalars':
    'users:\n- name: a\n  user:\n    token: |-\n      abc\n- name: b\n  user:\n    token: >-\n      d\n      e\n',
  'the CA as the original wrote it': `clusters:
- name: a
  cluster:
    server: https://a
    certificate-authority-data: !!binary |
      ${Buffer.from(Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')).toString('base64')}
`,
  'a document start, and an end': '---\nclusters:\n- name: a\n  cluster: {server: x}\n...\n',
  'lists indented further':
    'clusters:\n    -   name: a\n        cluster:\n            server: x\nusers:\n  -\n    name: a\n    user: {}\n',
  'tabs and spaces behind values': 'clusters:\n- name: a \t\n  cluster: {server: x}\t \nusers:   \n',
  'a byte order mark': '\uFEFFclusters:\n- name: a\n  cluster: {server: x}\n',
  'null in place of lists': 'clusters: null\ncontexts: ~\nusers:\ncurrent-context:\npreferences: {}\n',
  'sections that are missing': 'apiVersion: v1\nkind: Config\n',
  'flow style with comments': `{ # sites
  clusters: [ # all
    {name: a, cluster: {server: "https://a"}}, # one
  ], # end
  users: [] # none
}
`,
  'extensions, and fields that nobody knows': `x-owner: {team: [a, b]}
extensions:
- name: top
  extension: {a: 1}
clusters:
- name: a
  x-note: 1
  cluster:
    server: https://a
    disable-compression: true
    extensions:
    - {name: own, extension: {b: "2"}}
`,
  'comments in any place': `# 1
clusters: # 2
# 3
- name: a # 4
  # 5
  cluster: # 6
    # 7
    server: https://a # 8
    # 9
  # 10
# 11
contexts: # 12
users:
# 13
`,
  'comments alone': '# nothing yet\n',
  nothing: '',
};

test.each(Object.entries(CORPUS))(
  'kubectl and client-node read a merged document of %s',
  async (_, before) => {
    const was = await kubectlView(before);
    const { text } = mergeEntry(before, central);
    const is = await kubectlView(text);
    for (const section of ['clusters', 'contexts', 'users'] as const) {
      const own = section === 'users' ? 'user00' : 'central';
      expect(is[section]?.filter(({ name }) => name !== own)).toEqual(was[section] ?? []);
    }
    expect(is.clusters?.find(({ name }) => name === 'central')).toEqual({
      name: 'central',
      cluster: { server: central.server, 'certificate-authority-data': central.certificateAuthorityData },
    });
    expect(is.contexts?.find(({ name }) => name === 'central')).toEqual({
      name: 'central',
      context: { cluster: 'central', user: 'user00' },
    });
    expect(is.users?.find(({ name }) => name === 'user00')).toEqual({
      name: 'user00',
      user: { token: central.token },
    });
    expect(is['current-context']).toBe(was['current-context'] || 'central');

    // It reads neither `!!binary` nor merge keys, whoever wrote them.
    if (/!!binary|<<:/.test(before)) {
      return;
    }
    const client = new KubeConfig();
    client.loadFromString(text);
    client.setCurrentContext('central');
    expect(client.getCurrentCluster()).toMatchObject({
      server: central.server,
      caData: central.certificateAuthorityData,
    });
    expect(client.getCurrentUser()).toMatchObject({ name: 'user00', token: central.token });
  },
);

interface Read {
  readonly contexts: readonly string[];
  readonly current: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

describe('the official Python client', () => {
  // It makes a virtual environment of its own, once.
  beforeAll(() => pythonWithClient());

  test('reads every merged document, but where it reads no tabs', async () => {
    const merged = Object.values(CORPUS).map((before) => mergeEntry(before, central));
    const read = await python<(Read | null)[]>(['parse'], JSON.stringify(merged.map(({ text }) => text)));
    const unread = Object.keys(CORPUS).filter((_, i) => read[i] === null);
    // They have tabs, which PyYAML takes for no white space.
    expect(unread).toEqual(['JSON over several lines', 'tabs and spaces behind values']);
    for (const one of read) {
      if (one === null) {
        continue;
      }
      const { contexts, current, server, ca, token } = one;
      expect(contexts).toContain('central');
      expect(contexts).toContain(current);
      expect({ server, ca, token }).toEqual({
        server: central.server,
        ca: '-----BEGIN CERTIFICATE-----',
        token: `Bearer ${central.token}`,
      });
    }
  });
});

describe.each(ENGINE_NAMES)('what multisite-init on %s has written', (engine) => {
  /** Windows line breaks, a byte order mark and another script: all of it has to get through the API server, too. */
  const OTHERS =
    '\uFEFF# наши 🏭\r\nclusters:\r\n- name: edge\r\n  cluster: {server: "https://edge:6443"} # море\r\n';

  /** A site with the entry in it, and what a reader that authenticates with that gets. */
  async function written(): Promise<{ site: Site; document: string; expected: object }> {
    const site = await createSite();
    await site.setDocument(OTHERS);
    expect(await site.run(engine)).toMatchObject({ exitCode: 0 });
    const { data, metadata } = await site.configMap();
    const expected = {
      resourceVersion: metadata?.resourceVersion,
      data,
      user: `system:serviceaccount:${site.namespace}:${site.serviceAccount}`,
    };
    return { site, document: await site.document(), expected };
  }

  test('keeps every byte of the others', async () => {
    const { document } = await written();
    expect(document.startsWith(OTHERS)).toBe(true);
    expect(document.slice(OTHERS.length)).toMatch(/^- cluster:\r\n/);
    expect(document.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('kubectl reads, and reaches the API server with', async () => {
    const { site, document, expected } = await written();
    const get = ['get', 'configmap', CONFIG_MAP, `--namespace=${site.namespace}`, '--output=json'];
    const { data, metadata } = JSON.parse(await kubectl(document, ...get));
    const who = JSON.parse(await kubectl(document, 'auth', 'whoami', '--output=json'));
    const user = who.status.userInfo.username;
    expect({ resourceVersion: metadata.resourceVersion, data, user }).toEqual(expected);
  });

  test('client-node reads, and reaches the API server with', async () => {
    const { site, document, expected } = await written();
    const client = new KubeConfig();
    client.loadFromString(document);
    const { data, metadata } = await client
      .makeApiClient(CoreV1Api)
      .readNamespacedConfigMap({ namespace: site.namespace, name: CONFIG_MAP });
    const user = await whoAmI(client);
    expect({ resourceVersion: metadata?.resourceVersion, data, user }).toEqual(expected);
  });

  test('the official Python client reads, and reaches the API server with', async () => {
    const { site, document, expected } = await written();
    expect(await python(['read', site.namespace, CONFIG_MAP], document)).toEqual(expected);
  });
});
