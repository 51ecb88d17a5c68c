/** Documents that kubectl or the Python client cannot read, or read differently; and what is said of them. */
export const UNREADABLE: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  'a name that is a boolean': [
    'clusters:\n- name: no\n  cluster: {server: x}\n',
    /"clusters\[0\]\.name" is not a string: it needs quotes \(line 2, column 9\)/,
  ],
  'a user name that is a boolean': ['users: [{name: on, user: {}}]\n', /"users\[0\]\.name"/],
  'a name that is a number with an underscore': ['users: [{name: 1_000, user: {}}]\n', /"users\[0\]\.name"/],
  'a name that is a binary number': ['users: [{name: 0b11, user: {}}]\n', /"users\[0\]\.name"/],
  'a token that is a number': ['users: [{name: a, user: {token: 433e40}}]\n', /"users\[0\]\.user\.token"/],
  'a token that is an octal number': [
    'users: [{name: a, user: {token: 012}}]\n',
    /"users\[0\]\.user\.token"/,
  ],
  'a name that is a time': ['users: [{name: 12:30, user: {}}]\n', /"users\[0\]\.name"/],
  'a name that is a date': ['users: [{name: 2026-11-30, user: {}}]\n', /"users\[0\]\.name"/],
  'an equals sign': ['x: =\n', /"x" is a value that some readers refuse without quotes/],
  'a day that does not exist': ['x: 2026-02-30\n', /"x" is a value that some readers refuse/],
  'an infinite number': ['x: .inf\n', /"x" is a value that some readers refuse/],
  'a boolean of one letter': [
    'clusters: [{name: a, cluster: {disable-compression: y}}]\n',
    /"clusters\[0\]\.cluster\.disable-compression" is not true or false/,
  ],
  'a boolean in quotes': [
    'clusters: [{name: a, cluster: {disable-compression: "true"}}]\n',
    /"clusters\[0\]\.cluster\.disable-compression" is not true or false/,
  ],
  'a CA as PEM': [
    'clusters:\n- name: a\n  cluster:\n    certificate-authority-data: |\n      -----BEGIN CERTIFICATE-----\n',
    /"clusters\[0\]\.cluster\.certificate-authority-data" is not base64/,
  ],
  'preferences that are a list': [
    'preferences: []\n',
    /"preferences" is not a mapping \(line 1, column 14\)/,
  ],
  'groups that are no list': [
    'users: [{name: a, user: {as: b, as-groups: c}}]\n',
    /"users\[0\]\.user\.as-groups" is not a list/,
  ],
  'a mapping for a string': [
    'clusters: [{name: a, cluster: {server: {}}}]\n',
    /"clusters\[0\]\.cluster\.server" is not a string/,
  ],
  'arguments that are numbers': [
    'users: [{name: a, user: {exec: {command: b, args: [1]}}}]\n',
    /"users\[0\]\.user\.exec\.args\[0\]" is not a string: it needs quotes/,
  ],
  'a comment that is indented by a tab': [
    'clusters: []\n\t# a\n',
    /a tab in place of spaces \(line 2, column 1\)/,
  ],
  'a tab behind a value': ['clusters: []\nx: a\t\n', /a tab in place of spaces \(line 2, column 5\)/],
  'a tab within plain text': ['clusters: []\nx: a\tb\n', /a tab in place of spaces \(line 2, column 5\)/],
  '%YAML 1.2': ['%YAML 1.2\n---\nclusters: []\n', /it begins with %YAML 1\.2, but kubectl reads only 1\.1/],
  'a control character in a comment': [
    'clusters: []\n# \u0007\n',
    /has a character that readers refuse \(line 2, column 3\)/,
  ],
  'a slash that JSON escapes': [
    'x: y\nusers: [{name: "a\\/b", user: {}}]\n',
    /an escape that kubectl does not know \(line 2, column 18\)/,
  ],
  'a character as a surrogate pair': [
    'x: "\\ud83d\\ude00"\n',
    /an escape that kubectl does not know \(line 1, column 5\)/,
  ],
  'an anchor with a dot': ['x: &a.b y\n', /an anchor or alias that readers cannot read \(line 1, column 4\)/],
  'an anchor that is there twice': ['x: &a y\nz: &a y\n', /an anchor twice, .* \(line 2, column 4\)/],
  'a directive of somebody': [
    '%FOO x\n---\nx: y\n',
    /a directive or a tag that readers refuse \(line 1, column 1\)/,
  ],
  'a question mark in brackets': [
    'clusters: [{name: a, cluster: {server: https://h/a?b}}]\n',
    /a "\?" without quotes inside \[ \] or \{ \} \(line 1, column 51\)/,
  ],
  'a tag of somebody': [
    'x-note: !secret abc\n',
    /a directive or a tag that readers refuse \(line 1, column 9\)/,
  ],
  'a tag of somebody on a list': [
    'extensions: !foo []\n',
    /a directive or a tag that readers refuse \(line 1, column 13\)/,
  ],
  'a set': ['preferences: !!set {colors: null}\n', /"preferences" has the tag tag:yaml\.org,2002:set/],
  'a token that a tag makes a date': [
    'users: [{name: a, user: {token: !!timestamp 2026-11-30}}]\n',
    /"users\[0\]\.user\.token" has the tag tag:yaml\.org,2002:timestamp/,
  ],
  'a merge key behind what it replaces for kubectl': [
    'clusters:\n- name: a\n  cluster: &a {server: x}\n- name: b\n  cluster: {server: y, <<: *a}\n',
    /kubectl and the Kubernetes client for Python read it differently/,
  ],
};
