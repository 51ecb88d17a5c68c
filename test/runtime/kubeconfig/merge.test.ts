import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { readEntry } from '../../../runtime/kubeconfig/read-entry.ts';
import { renderKubeconfig } from '../../../runtime/kubeconfig/render.ts';
import { central } from './central.ts';

const CENTRAL_CLUSTER = {
  name: 'central',
  cluster: { 'certificate-authority-data': 'Q0E=', server: central.server },
};
const CENTRAL_CONTEXT = { name: 'central', context: { cluster: 'central', user: 'user00' } };
const CENTRAL_USER = { name: 'user00', user: { token: central.token } };

/** A document as a person would keep it: comments, an odd order, fields that this project knows nothing of. */
const EDGE = `# all our sites
apiVersion: v1
kind: Config
clusters:
# the site by the sea
- name: edge
  cluster:
    server: https://edge.example:6443   # behind the VPN
    insecure-skip-tls-verify: true
contexts:
- context: {cluster: edge, user: edge-admin, namespace: apps}
  name: edge
current-context: edge
users:
  - name: 'edge-admin'
    user:
      exec:
        command: get-token   # see the wiki
# the end
`;

/** Every line of `before` is still there, in its order. */
function expectLinesKept(before: string, after: string): void {
  const lines = after.split(/\r?\n/);
  let from = 0;
  for (const line of before.split(/\r?\n/)) {
    const at = lines.indexOf(line, from);
    expect(at, `line kept: ${line}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

describe('an empty document', () => {
  test.each(['', ' \n', '\n\n'])('%j becomes the whole kubeconfig', (text) => {
    expect(mergeEntry(text, central).text).toBe(renderKubeconfig(central));
  });

  test('of comments keeps them', () => {
    const { text } = mergeEntry('# written by ops\n---\n# nothing yet', central);
    expect(text).toBe(`# written by ops\n---\n# nothing yet\n${renderKubeconfig(central)}`);
    expect(parse(text)).toEqual(parse(renderKubeconfig(central)));
  });
});

describe('a site that is not there yet', () => {
  test('is added, and every line of the others stays', () => {
    const { text, changes } = mergeEntry(EDGE, central);
    expectLinesKept(EDGE, text);
    const before = parse(EDGE);
    expect(parse(text)).toEqual({
      ...before,
      clusters: [...before.clusters, CENTRAL_CLUSTER],
      contexts: [...before.contexts, CENTRAL_CONTEXT],
      users: [...before.users, CENTRAL_USER],
    });
    expect(changes).toEqual(['cluster "central"', 'context "central"', 'user "user00"']);
    expect(text).toMatchSnapshot();
  });

  test.each([
    ['missing sections', 'apiVersion: v1\nkind: Config\n'],
    ['null sections', 'clusters: null\ncontexts: ~\nusers:\ncurrent-context: ""\nkind: Config\n'],
    [
      'empty lists, as kubectl leaves them',
      'clusters: []\ncontexts: [] # none\nusers: []\ncurrent-context: ""\n',
    ],
    ['no line break at the end', 'kind: Config\nusers:\n- name: other\n  user: {token: a}'],
    [
      'Windows line breaks',
      'kind: Config\r\nclusters:\r\n- name: o\r\n  cluster: {server: "https://o"}\r\nusers: []\r\n',
    ],
    ['a byte order mark', '\uFEFFkind: Config\nclusters: []\n'],
    [
      'JSON',
      '{"kind": "Config", "clusters": [{"name": "o", "cluster": {"server": "https://o"}}], "users": []}',
    ],
    [
      'JSON over several lines',
      JSON.stringify({ kind: 'Config', clusters: [{ name: 'o', cluster: {} }], users: null }, null, 2),
    ],
    ['an empty mapping', '{}\n'],
    [
      'a block scalar at the end',
      'kind: Config\nusers:\n- name: o\n  user:\n    token: |\n      abc\n\n# end\n',
    ],
    ['document markers', '---\nkind: Config\nclusters:\n- name: o\n  cluster: {}\n...\n'],
    [
      'lists in flow style',
      'clusters: [{name: o, cluster: {server: x}}]\ncontexts: [ ]\nusers: [{name: o, user: {token: t}},]\n',
    ],
    [
      'further indented lists',
      'clusters:\n    - name: o\n      cluster:\n          server: https://o\nusers:\n    -\n      name: o\n      user: {}\n',
    ],
    [
      'comments after the last item',
      'clusters:\n- name: o\n  cluster:\n    server: x # one\n    # two\n# three\nkind: Config\n',
    ],
    [
      'empty lists with an anchor and a tag',
      'clusters: &c []\ncontexts: !!seq []\nusers: [{name: o, user: !!map {}}]\n',
    ],
    ['a quoted `<<`', 'users:\n- name: o\n  user: {"<<": x}\n'],
    [
      'a comment behind a block scalar at the end',
      'users:\n- name: o\n  user:\n    token: |\n      abc\n  # end',
    ],
    [
      'names that are aliases',
      'x: &v v1\napiVersion: *v\nclusters:\n- name: &n o\n  cluster: {}\ncontexts:\n- name: *n\nusers: [{name: *n}]\n',
    ],
    ['anchors of others', 'clusters:\n- name: o\n  cluster: &c {server: x}\n- name: p\n  cluster: *c\n'],
  ])('is added to a document with %s', (_, before) => {
    const { text } = mergeEntry(before, central);
    const was = parse(before.replace(/^\uFEFF/, '')) ?? {};
    expect(parse(text)).toEqual({
      ...was,
      clusters: [...(was.clusters ?? []), CENTRAL_CLUSTER],
      contexts: [...(was.contexts ?? []), CENTRAL_CONTEXT],
      users: [...(was.users ?? []), CENTRAL_USER],
      'current-context': 'central',
    });
    expect(text).toMatchSnapshot();
    expect(mergeEntry(text, central).changes).toEqual([]);
    if (before.includes('\r\n')) {
      expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    }
    if (before.startsWith('{"')) {
      expect(JSON.parse(text)).toEqual(parse(text));
    }
  });
});

describe('a site that is there', () => {
  const ours = renderKubeconfig(central);

  test('as it should be needs nothing', () => {
    expect(mergeEntry(ours, central)).toEqual({ text: ours, changes: [] });
  });

  test('as it should be needs nothing, though it is aliased elsewhere', () => {
    const aliased = ours
      .replace('clusters:', 'clusters: &c')
      .replace('users:\n- ', 'users: &u\n- &i ')
      .concat('backup: [*c, *u, *i]\n');
    expect(mergeEntry(aliased, central)).toEqual({ text: aliased, changes: [] });
  });

  test('is found by an alias of its name', () => {
    const aliased = ours.replace('clusters:', 'x: [&n central, &u user00]\nclusters:');
    const named = aliased.replaceAll('name: central', 'name: *n').replace('name: user00', 'name: *u');
    expect(mergeEntry(named, central)).toEqual({ text: named, changes: [] });
    const old = named.replace(central.token, 'old');
    expect(mergeEntry(old, central)).toEqual({ text: named, changes: ['token'] });
    expect(readEntry(named, 'central', 'user00')).toEqual({
      server: central.server,
      certificateAuthorityData: 'Q0E=',
      tlsServerName: undefined,
      proxyUrl: undefined,
      token: central.token,
    });
  });

  test('is read by aliases and merge keys', () => {
    const common = 'x: &common {tls-server-name: a.example, proxy-url: &proxy "http://proxy:3128"}\n';
    for (const field of ['<<: *common', 'proxy-url: *proxy\n    tls-server-name: a.example']) {
      const text =
        common + ours.replace('cluster:\n    certificate', `cluster:\n    ${field}\n    certificate`);
      expect(readEntry(text, 'central', 'user00')).toMatchObject({
        tlsServerName: 'a.example',
        proxyUrl: 'http://proxy:3128',
      });
    }
  });

  test.each([
    ['a slash at its end', 'https://10.0.0.1:443/'],
    ['the port left out', 'https://10.0.0.1'],
  ])('is of the same server with %s, and keeps how that is reached', (_, server) => {
    const before = ours
      .replace(`server: ${central.server}`, `server: ${server}\n    tls-server-name: kubernetes`)
      .replace(central.token, 'old');
    expect(mergeEntry(before, central).text).toBe(
      before.replace(server, central.server).replace('token: old', `token: ${central.token}`),
    );
  });

  test('gets a token without a line break at its end', () => {
    const before = ours.replace(`token: ${central.token}`, `token: |\n      ${central.token}`);
    expect(mergeEntry(before, central)).toEqual({ text: ours, changes: ['token'] });
  });

  test('has the same CA with a comment that speaks of keys', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----';
    const data = (pem: string) => Buffer.from(pem).toString('base64');
    const { text } = mergeEntry('', {
      ...central,
      certificateAuthorityData: data(`# no PRIVATE KEY here\n${certificate}`),
    });
    expect(mergeEntry(text, { ...central, certificateAuthorityData: data(certificate) }).changes).toEqual([]);
  });

  test('gets its new token in place, and no other byte changes', () => {
    const old = ours.replace(central.token, 'old');
    const { text, changes } = mergeEntry(old, central);
    expect(text).toBe(ours);
    expect(changes).toEqual(['token']);
  });

  test.each([
    ['double quotes', '"old"', `"${central.token}"`],
    ['single quotes', "'old'", `"${central.token}"`],
    ['a comment behind', 'old # rotated daily', `${central.token} # rotated daily`],
    ['nothing', '', central.token],
    ['null', 'null', central.token],
    ['a tag', '!!str old', central.token],
    ['an anchor that nobody uses', '&t old', central.token],
    ['a number', '123', central.token],
    ['a folded block', '>-\n      old\n      token', `${central.token}`],
  ])('gets its token in place of %s', (_, before, after) => {
    const around = (token: string) =>
      ours.replace(`    token: ${central.token}`, `    token:${token === '' ? '' : ` ${token}`}`);
    expect(mergeEntry(around(before), central).text).toBe(around(after));
  });

  const twice = Buffer.from(central.certificateAuthorityData).toString('base64');
  test.each([
    ['as the original wrote it in Python 3', `!!binary |\n      ${twice}`],
    ['in base64 of several lines', '|\n      Q0\n      E='],
    ['in quotes', '"Q0E="'],
  ])('keeps its CA %s', (_, ca) => {
    const before = ours.replace('certificate-authority-data: Q0E=', `certificate-authority-data: ${ca}`);
    expect(mergeEntry(before, central)).toEqual({ text: before, changes: [] });
    const old = before.replace(central.token, 'old');
    expect(mergeEntry(old, central)).toEqual({ text: before, changes: ['token'] });
  });

  test('gets another CA in place of one as the original wrote it', () => {
    const before = ours.replace('data: Q0E=', `data: !!binary |\n      ${twice}`);
    const after = ours.replace('data: Q0E=', 'data: bmV3');
    expect(mergeEntry(before, { ...central, certificateAuthorityData: 'bmV3' }).text).toBe(after);
  });

  test('keeps fields, comments and order of its own entry that are not owned', () => {
    const before = `users:
- user: {token: old, as: admin}   # the plugin's
  name: user00
contexts:
- name: central
  context:
    namespace: apps
    user: user00
    cluster: central
clusters:
- name: central
  cluster:
    proxy-url: http://proxy:3128
    # moved in May
    server: https://10.0.0.1:443
    tls-server-name: kubernetes
    certificate-authority-data: T0xE
current-context: central
`;
    expect(mergeEntry(before, central).text).toBe(
      before
        .replace('token: old', `token: "${central.token}"`)
        .replace('T0xE', central.certificateAuthorityData),
    );
  });

  test.each([
    ['no user field', '- name: user00\n', '- name: user00\n  user:\n    token: new.token-1_2\n'],
    [
      'an empty user field',
      '- name: user00\n  user:\n',
      '- name: user00\n  user:\n    token: new.token-1_2\n',
    ],
    [
      'an empty mapping',
      '- name: user00\n  user: {} # gone\n',
      '- name: user00\n  user: # gone\n    token: new.token-1_2\n',
    ],
  ])('with %s is filled in', (_, before, after) => {
    const around = (users: string) => ours.replace(/- name: user00\n {2}user:\n {4}token: .*\n/, users);
    expect(mergeEntry(around(before), central).text).toBe(around(after));
  });
});

describe('what contradicts the owned fields of the entry', () => {
  test.each([
    [
      'in block style',
      `clusters:
- name: central
  cluster:
    # the old way
    certificate-authority: /etc/ca.crt # a file
      # of the node
    server: https://10.0.0.1:443
    insecure-skip-tls-verify: true
users:
- name: user00
  user:
    exec:
      command: get-token
      args: [a]

    as: someone
    username: admin
    password: secret
`,
      `clusters:
- name: central
  cluster:
    # the old way
    server: https://10.0.0.1:443
    certificate-authority-data: Q0E=
users:
- name: user00
  user:

    as: someone
    token: new.token-1_2
contexts:
- context:
    cluster: central
    user: user00
  name: central
current-context: central
`,
    ],
    [
      'in JSON',
      '{"clusters": [{"name": "central", "cluster": {"insecure-skip-tls-verify": true, "proxy-url": "p", "certificate-authority": "f"}}], "users": [{"name": "user00", "user": {"username": "u", "password": "p"}}]}',
      '{"clusters": [{"name": "central", "cluster": {"proxy-url": "p", "certificate-authority-data": "Q0E=", "server": "https://10.0.0.1:443"}}], "users": [{"name": "user00", "user": {"token": "new.token-1_2"}}], "contexts": [{"context": {"cluster": "central", "user": "user00"}, "name": "central"}], "current-context": "central"}',
    ],
  ])('goes, %s, and is named', (_, before, after) => {
    const { text, changes } = mergeEntry(before, central);
    expect(text).toBe(after);
    expect(changes).toContain('insecure-skip-tls-verify removed');
    expect(changes).toContain('password removed');
    if (before.startsWith('{')) {
      JSON.parse(text);
    }
    expect(mergeEntry(text, central).changes).toEqual([]);
  });

  test.each([
    ['with a comma behind', '{exec: {}, }', '{ "token": "new.token-1_2"}'],
    ['with a comma behind, others too', '{exec: {}, username: u , }', '{ "token": "new.token-1_2"}'],
    ['with a comma behind, and one that stays', '{as: a, exec: {}, }', '{as: a, "token": "new.token-1_2", }'],
    ['before one that stays', '{exec: {}, as: a, }', '{as: a, "token": "new.token-1_2", }'],
  ])('goes %s', (_, before, after) => {
    const around = (user: string) =>
      renderKubeconfig(central).replace(/user:\n {4}token: .*/, `user: ${user}`);
    expect(mergeEntry(around(before), central).text).toBe(around(after));
  });

  test('stays where it is another site’s', () => {
    const other = 'users:\n- name: edge\n  user: {exec: {command: x}, username: u}\n';
    expect(mergeEntry(other, central).text).toContain(other);
  });
});

describe('current-context', () => {
  const others = 'contexts:\n- name: edge\n  context: {cluster: edge, user: e}\n';

  test('that exists is kept', () => {
    expect(parse(mergeEntry(`${others}current-context: edge\n`, central).text)['current-context']).toBe(
      'edge',
    );
  });

  test.each(['edge', 'central'])('that is an alias of %s is kept', (name) => {
    const before = `x: &c ${name}\n${others}current-context: *c\n`;
    const { text } = mergeEntry(before, central);
    expect(text).toContain('current-context: *c\n');
    expect(parse(text)['current-context']).toBe(name);
  });

  test.each(['current-context: gone\n', 'current-context: ""\n', 'current-context:\n', ''])(
    '%j is set to the site',
    (line) => {
      expect(parse(mergeEntry(others + line, central).text)['current-context']).toBe('central');
    },
  );
});

describe('names and addresses that YAML would misread', () => {
  test.each([
    'yes',
    'null',
    '0123',
    '1e3',
    '2026-01-01',
    '~',
    'a: b',
    '- x',
    'über',
    '"quoted"',
    '#x',
    'a b',
    '12:30:45',
    '=',
    '!x',
    '*x',
    '&x',
    'NO',
    '0x1F',
    'y',
  ])('%s survives in block and in flow style', (name) => {
    const entry = { ...central, location: name, user: name, server: 'https://[fd00::1]:6443' };
    for (const document of ['', EDGE, '{"kind": "Config"}']) {
      const { text } = mergeEntry(document, entry);
      for (const version of ['1.1', '1.2'] as const) {
        const read = parse(text, { version });
        expect(read.clusters.at(-1)).toEqual({
          name,
          cluster: { 'certificate-authority-data': 'Q0E=', server: 'https://[fd00::1]:6443' },
        });
        expect(read.contexts.at(-1)).toEqual({ name, context: { cluster: name, user: name } });
        expect(read.users.at(-1)).toEqual({ name, user: { token: central.token } });
      }
    }
  });
});

describe('how the server of an entry is reached', () => {
  const documentOf = (cluster: string) => `clusters: [{name: central, cluster: {${cluster}}}]\n`;
  const changes = (cluster: string) => mergeEntry(documentOf(cluster), central).changes;

  test('goes with another server', () => {
    const cluster = 'server: "https://old", tls-server-name: old, proxy-url: "http://old"';
    expect(changes(cluster)).toEqual(
      expect.arrayContaining(['tls-server-name removed', 'proxy-url removed', 'server']),
    );
  });

  test.each([
    ['the same server', `server: "${central.server}", `],
    ['none so far', ''],
    ['null so far', 'server: null, '],
  ])('stays with %s', (_, server) => {
    expect(changes(`${server}tls-server-name: a, proxy-url: "http://a"`).join()).not.toContain('removed');
  });
});
