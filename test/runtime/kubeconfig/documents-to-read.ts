import { expect } from 'vitest';
import type { Engine } from '../../support/multisite-init.ts';
import { createSite, type Site } from '../../support/site.ts';

/** The entry that is merged into them. */
export const central = {
  location: 'central',
  user: 'user00',
  server: 'https://10.0.0.1:443',
  certificateAuthorityData: Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64'),
  token: 'eyJhbGciOi.eyJzdWIi.c2ln',
};

/** Documents in every form that kubectl reads; it, not our own parser, says that the others stay what they are. */
export const CORPUS: Readonly<Record<string, string>> = {
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
    4,
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
  'tabs in block scalars': 'clusters:\n- name: a\n  cluster:\n    server: |- # c\n      x\ty\nz: >\n  a\tb\n',
  'a document start, and an end': '---\nclusters:\n- name: a\n  cluster: {server: x}\n...\n',
  'lists indented further':
    'clusters:\n    -   name: a\n        cluster:\n            server: x\nusers:\n  -\n    name: a\n    user: {}\n',
  'spaces behind values, and tabs in quotes':
    'clusters:\n- name: a  \n  cluster: {server: "x\ty"} # a\ttab\nusers:   \n',
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

/** Windows line breaks, a byte order mark and another script: all of it has to get through the API server, too. */
export const OTHERS =
  '\uFEFF# наши 🏭\r\nclusters:\r\n- name: edge\r\n  cluster: {server: "https://edge:6443"} # море\r\n';

/** A site with the entry in it, and what a reader that authenticates with that gets. */
export async function written(engine: Engine): Promise<{ site: Site; document: string; expected: object }> {
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
