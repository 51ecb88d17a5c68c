import { describe, expect, test } from 'vitest';
import { createKubeconfigRedactor } from '../../../runtime/kubeconfig/redact-kubeconfig.ts';

const SECRET = 'hush-hush';

const redact = (text: string) => createKubeconfigRedactor()(text);

describe('no credential is shown that stands in', () => {
  test.each([
    ['a token', `users:\n- name: a\n  user:\n    token: ${SECRET}\n`],
    ['a token in quotes', `users:\n- name: a\n  user: {token: "${SECRET}"}\n`],
    ['a token with escapes', `users:\n- name: a\n  user: {token: "\\x68ush-hush"}\n`],
    ['a token of two lines', `users:\n- name: a\n  user:\n    token: |\n      ${SECRET}\n      ${SECRET}\n`],
    [
      'a folded token',
      `users:\n- name: a\n  user:\n    token: >- # ${SECRET}\n      ${SECRET}\n\nkind: Config\n`,
    ],
    ['a token of one line without an end', `users: [{name: a, user: {token: ${SECRET}}}]`],
    ['a password', `users:\n- name: a\n  user: {username: me, password: ${SECRET}}\n`],
    ['a short password', 'users:\n- name: a\n  user: {username: me, password: hush}\n'],
    ['a password of digits', 'users:\n- name: a\n  user: {username: me, password: 040506}\n'],
    ['a client key', `users:\n- name: a\n  user: {client-key-data: ${SECRET}}\n`],
    ['an argument of a plug-in', `users:\n- name: a\n  user: {exec: {command: c, args: [-p, ${SECRET}]}}\n`],
    [
      'a variable of a plug-in',
      `users:\n- name: a\n  user:\n    exec:\n      env:\n      - {name: A, value: ${SECRET}}\n`,
    ],
    ['an auth provider', `users:\n- name: a\n  user: {auth-provider: {config: {id-token: ${SECRET}}}}\n`],
    ['a field that nobody knows', `users:\n- name: a\n  user: {magic: {spell: ${SECRET}}}\n`],
    [
      'the URL of a proxy',
      `clusters:\n- name: a\n  cluster: {proxy-url: "http://me:${SECRET}@proxy:3128"}\n`,
    ],
    [
      'the URL of a proxy, with signs that it may not have',
      `clusters:\n- name: a\n  cluster:\n    proxy-url: http://me:a@b/'${SECRET}@proxy:3128\n`,
    ],
    ['the address of a server', `clusters:\n- name: a\n  cluster: {server: "https://${SECRET}@a"}\n`],
    ['an anchor', `x-token: &t ${SECRET}\nusers:\n- name: a\n  user: {token: *t}\n`],
    ['a tagged value', `users:\n- name: a\n  user: {token: !!str ${SECRET}}\n`],
    ['an aliased user', `x: &u {token: ${SECRET}}\nusers: [{name: a, user: *u}]\n`],
    ['a merged user', `x: &u {token: ${SECRET}}\nusers: [{name: a, user: {<<: *u, username: me}}]\n`],
    [
      'several merged users',
      `x: &u {token: ${SECRET}}\nusers: [{name: a, user: {<<: [*u, {username: me}]}}]\n`,
    ],
    ['a JSON document', `{"kind":"Config","users":[{"name":"a","user":{"token":"${SECRET}"}}]}\n`],
    ['another field that repeats it', `users: [{name: a, user: {token: ${SECRET}}}]\nnotes: ["${SECRET}"]\n`],
    ['a key that repeats it', `users: [{name: a, user: {token: ${SECRET}}}]\nnotes: {${SECRET}: a}\n`],
    ['a comment', `users: [] # ${SECRET}\n`],
    ['a user that is commented out', `#  user:\n#    token: ${SECRET}\nkind: Config\n`],
    ['a comment at the end', `kind: Config\n# ${SECRET}`],
    ['a comment within a flow', `users: [ # ${SECRET}\n]\n`],
    ['a document of comments', `# ${SECRET}\n`],
    ['a comment before the document', `# ${SECRET}\n--- # ${SECRET}\nkind: Config\n`],
  ])('%s', (_, text) => {
    const redacted = redact(text);
    expect(redacted).not.toMatch(/hush|040506/);
    expect(redacted).toContain('(redacted 1)');
  });
});

test('everything else is shown as it is', () => {
  const text = (token: string, comment: string, name: string) => `apiVersion: v1
clusters:
- cluster: {server: "https://a:6443", certificate-authority-data: Q0E=} ${comment}
  name: a#b
contexts: [{name: a, context: {cluster: a, user: ${name}}}]
users:\r
- name: ${name}
  user:\r
    token: ${token}\r
  note: |
    # not a comment
`;
  expect(redact(text('secret-token', '# by the sea', 'me'))).toBe(
    text('(redacted 2)', '# (redacted 1)', 'me'),
  );
});

test('a value has one number wherever it stands, and another value another', () => {
  const redactor = createKubeconfigRedactor();
  const text = (one: string, two: string) =>
    `users:\n- {name: a, user: {token: ${one}}}\n- {name: b, user: {token: ${two}}}\n`;
  expect(redactor(text('one', 'two'))).toBe(text('(redacted 1)', '(redacted 2)'));
  expect(redactor(text('two', 'three'))).toBe(text('(redacted 2)', '(redacted 3)'));
});

test('a short value is not hidden where it stands for something else', () => {
  const text =
    'contexts: [{name: admin, context: {user: admin}}]\nusers: [{name: admin, user: {username: admin, password: admin}}]\n';
  expect(redact(text)).toBe(text.replace('password: admin', 'password: (redacted 1)'));
});
