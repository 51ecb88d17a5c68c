import { describe, expect, test } from 'vitest';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { central } from './central.ts';

describe('what cannot be merged safely is refused', () => {
  const secret = 'SECRET-TOKEN';
  test.each([
    [
      'not YAML',
      `users: [{name: a, user: {token: ${secret}`,
      /malformed: it is not one valid YAML document.*line 1, column/,
    ],
    ['not YAML further on', `kind: Config\nusers:\n- name: {"${secret}`, /at line 3, column 23\)/],
    ['a tab as indentation', `users:\n\t- name: ${secret}\n`, /malformed: it is not one valid YAML document/],
    ['a list', `- ${secret}\n`, /malformed: it is a list, but must be a mapping/],
    ['a string', `${secret}\n`, /malformed: it is a string, but must be a mapping/],
    ['two documents', `kind: Config\n---\ntoken: ${secret}\n`, /malformed.*MULTIPLE_DOCS/],
    ['another kind', `kind: ${secret}\n`, /malformed: its kind is not Config/],
    ['another version', 'apiVersion: v2\n', /malformed: its apiVersion is not v1/],
    [
      'a section that is a string',
      `clusters: ${secret}\n`,
      /malformed: "clusters" is a string, but must be a list/,
    ],
    [
      'a section that is a mapping',
      `users: {a: ${secret}}\n`,
      /malformed: "users" is a mapping, but must be a list/,
    ],
    [
      'items that are lists',
      `users: [[${secret}]]\n`,
      /malformed: "users" has a list as an item, which must be a mapping/,
    ],
    [
      'items without name',
      `users: [{user: {token: ${secret}}}]\n`,
      /malformed: "users" has an item whose name is not a string/,
    ],
    [
      'duplicate names',
      'clusters: [{name: a}, {name: b}, {name: a}]\n',
      /malformed: "clusters" has two items named "a"/,
    ],
    ['duplicate keys', `kind: Config\nkind: Config\n# ${secret}\n`, /malformed.*DUPLICATE_KEY/],
    [
      'our user as a list',
      `users: [{name: user00, user: [${secret}]}]\n`,
      /malformed: user "user00" is a list, but must be a mapping/,
    ],
    [
      'our token as a list',
      `users: [{name: user00, user: {token: [${secret}]}}]\n`,
      /malformed: "token" is a list, but must be a string/,
    ],
    ['an alias as section', `x: &x [{name: a}]\nclusters: *x\n`, /"clusters" is an alias/],
    [
      'our user aliased',
      `users: [{name: a, user: &u {token: ${secret}}}, {name: user00, user: *u}]\n`,
      /user "user00" is shared through a YAML alias/,
    ],
    [
      'our user aliased elsewhere',
      `users: [{name: user00, user: &u {token: ${secret}}}, {name: a, user: *u}]\n`,
      /user "user00" is shared through a YAML alias/,
    ],
    [
      'our token aliased elsewhere',
      `users: [{name: user00, user: {token: &t ${secret}}}, {name: a, user: {token: *t}}]\n`,
      /token is shared through a YAML alias/,
    ],
    [
      'our token an alias',
      `users: [{name: a, user: {token: &t ${secret}}}, {name: user00, user: {token: *t}}]\n`,
      /token is shared through a YAML alias/,
    ],
    ['a list aliased elsewhere', `users: &u [{name: a}]\nx: *u\n`, /"users" is shared through a YAML alias/],
    [
      'a list aliased elsewhere that has our cluster',
      'clusters: &c [{name: central, cluster: {server: "https://old"}}]\nbackup: *c\n',
      /"clusters" is shared through a YAML alias/,
    ],
    [
      'a list aliased elsewhere that has our user',
      `users: &u [{name: user00, user: {token: ${secret}}}]\nbackup: *u\n`,
      /"users" is shared through a YAML alias/,
    ],
    [
      'a list aliased elsewhere that has our empty user',
      'users: &u [{name: user00, user: {}}]\nbackup: *u\n',
      /"users" is shared through a YAML alias/,
    ],
    [
      'a list aliased elsewhere whose user has too much',
      `users: &u [{name: user00, user: {token: ${central.token}, exec: {}}}]\nbackup: *u\n`,
      /"users" is shared through a YAML alias/,
    ],
    [
      'our item aliased elsewhere',
      `users: [&u {name: user00, user: {token: ${secret}}}]\nbackup: *u\n`,
      /user "user00" is shared through a YAML alias/,
    ],
    [
      'our item without a user, aliased elsewhere',
      'users: [&u {name: user00}]\nbackup: *u\n',
      /user "user00" is shared through a YAML alias/,
    ],
    [
      'a current-context that is an alias of what is gone',
      'x: &c gone\ncurrent-context: *c\n',
      /current-context is shared through a YAML alias/,
    ],
    [
      'duplicate names, one of them an alias',
      'clusters: [{name: &n a}, {name: *n}]\n',
      /malformed: "clusters" has two items named "a"/,
    ],
    [
      'a name that is an alias of a number',
      'x: &n 1\nusers: [{name: *n}]\n',
      /malformed: "users" has an item whose name is not a string/,
    ],
    [
      'a user that a context with an alias for a name has',
      'clusters: [{name: &n edge}]\ncontexts: [{name: *n, context: {cluster: edge, user: user00}}]\n',
      /user "user00" belongs to context "edge" too/,
    ],
    [
      'an alias without anchor',
      `x: *nowhere\n`,
      /malformed: an alias has no anchor, or refers to a node that contains the alias/,
    ],
    [
      'an alias before its anchor',
      `x: *x\ny: &x ${secret}\n`,
      /malformed: an alias has no anchor, or refers to a node that contains the alias/,
    ],
    [
      'an alias of what it is a part of',
      `x: &x [${secret}, *x]\n`,
      /malformed: an alias has no anchor, or refers to a node that contains the alias/,
    ],
    [
      'a merge key of a string',
      `x: {<<: ${secret}}\n`,
      /malformed: a YAML merge key \(<<\) does not refer to mappings/,
    ],
    ['an anchor of nothing', '&x\n', /malformed: it is a scalar, but must be a mapping/],
    [
      'a name that is a number',
      'users: [{name: 1}]\n',
      /malformed: "users" has an item whose name is not a string/,
    ],
    ['a key without a colon', '{users, clusters: []}\n', /malformed: "users" is a key without a colon/],
    ['a key with nothing behind it', '? users\n? clusters\n', /is a key without a colon/],
    [
      'our user without a colon',
      'users: [{name: user00, user}]\n',
      /malformed: user "user00" is a key without a colon/,
    ],
    [
      'a mapping as a key',
      `? {token: ${secret}}\n: c\nclusters: []\n`,
      /malformed: it is not one valid YAML document/,
    ],
    [
      'a merge key at the top',
      `base: &b {users: [{name: z}]}\n<<: *b\n`,
      /the document uses a YAML merge key/,
    ],
    [
      'a merge key in an item',
      'x: &x {cluster: {}}\nclusters: [{name: central, <<: *x}]\n',
      /an item of "clusters" uses a YAML merge key/,
    ],
    [
      'a carriage return alone',
      `# c\rusers: [{name: ${secret}}]\nclusters: []\n`,
      /malformed: it has characters that only some/,
    ],
    [
      'a Unicode line break',
      `# c\u2028users: []\nclusters: []\n`,
      /malformed: it has characters that only some/,
    ],
    [
      'a block scalar that has no end',
      'users:\n- name: a\n  user:\n    token: |\n      abc',
      /ends in a block scalar/,
    ],
    [
      'what contradicts us aliased elsewhere',
      `users: [{name: user00, user: {exec: &e {a: ${secret}}}}, {name: a, user: {exec: *e}}]\n`,
      /the program cannot change safely/,
    ],
    ['a document end before its beginning', '---\n...\n', /the program cannot change safely/],
    [
      'a section that is a tagged nothing',
      'users: !!null\n',
      /malformed: "users" is a scalar, but must be a list/,
    ],
    ['a tagged nothing', '!!null\n', /malformed: it is a scalar/],
    [
      'a user that another context has by a merge key',
      'contexts: [{name: edge, context: {cluster: edge, <<: {user: user00}}}]\n',
      /user "user00" belongs to context "edge" too/,
    ],
    [
      'a user that another context has by an alias',
      'x: &u user00\ncontexts: [{name: edge, context: {cluster: edge, user: *u}}]\n',
      /user "user00" belongs to context "edge" too/,
    ],
    [
      'our context used by another',
      'contexts: [{name: central, context: &c {cluster: edge, user: user00}}, {name: b, context: *c}]\n',
      /user "user00" belongs to context "b" too/,
    ],
    [
      'what contradicts us coming in by a merge key',
      'x: &x {exec: {}}\nusers: [{name: user00, user: {<<: *x}}]\n',
      /exec of user "user00" is shared through a YAML alias/,
    ],
    [
      'what contradicts us coming in by a list of merge keys',
      'x: &x {as: a}\ny: &y {exec: {}}\nusers: [{name: user00, user: {<<: [*x, *y]}}]\n',
      /exec of user "user00" is shared through a YAML alias/,
    ],
    ['an empty list that is aliased', 'users: &u []\nx: *u\n', /"users" is shared through a YAML alias/],
    [
      'our empty user, aliased',
      'users: [{name: user00, user: &u {}}, {name: a, user: *u}]\n',
      /user "user00" is shared through a YAML alias/,
    ],
    [
      'a user that another context has',
      'contexts: [{name: edge, context: {cluster: edge, user: user00}}]\n',
      /user "user00" belongs to context "edge" too/,
    ],
  ])('%s', (_, text, message) => {
    let refused: unknown;
    try {
      mergeEntry(text, central);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ name: 'RefusedError', message: expect.stringMatching(message) });
    expect(JSON.stringify(refused) + String(refused)).not.toContain(secret);
  });

  test.each([
    ['central', 'user00', 'central'],
    ['central', 'central', 'central-user'],
  ])('a user of %s that another context shares: it names a free one', (location, user, freeName) => {
    const text = `contexts: [{name: edge, context: {cluster: edge, user: ${user}}}]\n`;
    expect(() => mergeEntry(text, { ...central, location, user })).toThrow(
      expect.objectContaining({
        freeName,
        hint: `Give this site its own user name, for example "${freeName}".`,
      }),
    );
  });
});
