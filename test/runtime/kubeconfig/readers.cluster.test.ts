import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFinished, test } from 'vitest';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { kubernetesBinary } from '../../cluster/binaries.ts';

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
  const folder = await mkdtemp(join(tmpdir(), 'readers-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config');
  await writeFile(file, text);
  const args = ['config', 'view', '--raw', '--output=json', `--kubeconfig=${file}`];
  const { stdout } = await promisify(execFile)(await kubernetesBinary('kubectl'), args);
  return JSON.parse(stdout) as View;
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
    if (/!!binary|<<:/.test(before)) return;
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
