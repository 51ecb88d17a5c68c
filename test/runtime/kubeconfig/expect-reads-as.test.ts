import { describe, expect, test } from 'vitest';
import { type KubeconfigDocument, parseKubeconfig } from '../../../runtime/kubeconfig/document.ts';
import { expectReadsAs } from '../../../runtime/kubeconfig/expect-reads-as.ts';

function parsed(text: string): KubeconfigDocument {
  const document = parseKubeconfig(text);
  if (!document) {
    throw new Error('the document is empty');
  }
  return document;
}

const REFUSAL = expect.objectContaining({ name: 'RefusedError', message: expect.stringMatching(/safely/) });

test.each([
  ['comments, blank lines and indentation', 'a:\n- x: 1 # one\n\n- y\n', 'a:\n  - x:    1\n  - y\n'],
  ['block and flow style', 'a:\n- x: 1\n', 'a: [{x: 1}]\n'],
  ['the name of an anchor', 'a: &x {b: c}\nd: *x\n', 'a: &y {b: c}\nd: *y\n'],
])('%s may differ', (_, text, expected) => {
  expectReadsAs(text, parsed(expected));
});

describe('a text is refused that', () => {
  test.each([
    ['is no YAML', 'a: [', 'a: []\n'],
    ['is empty', '# nothing\n', '{}\n'],
    ['has another value', 'a: b\n', 'a: c\n'],
    ['has another key', 'a: c\n', 'b: c\n'],
    ['has a key more', 'a: c\nb: c\n', 'a: c\n'],
    ['has a key less', 'a: c\n', 'a: c\nb: c\n'],
    ['has the keys in another order', 'a: c\nb: c\n', 'b: c\na: c\n'],
    ['has an item more', 'a: [1, 2]\n', 'a: [1]\n'],
    ['has a list for a mapping', 'a: []\n', 'a: {}\n'],
    ['has a mapping for a scalar', 'a: {}\n', 'a: b\n'],
    ['has nothing for a scalar', 'a:\n', 'a: b\n'],
    ['has a key without a value', '{a}\n', '{a: null}\n'],
    ['has what only some readers take for the same string', 'a: yes\n', 'a: "yes"\n'],
    ['has the same number in another form', 'a: 0o17\n', 'a: 15\n'],
    ['reads by another version of YAML', '%YAML 1.1\n---\na: 010\n', 'a: 010\n'],
    ['has another tag', 'a: !x b\n', 'a: !y b\n'],
    ['has other bytes', 'a: !!binary YQ==\n', 'a: !!binary Yg==\n'],
    ['has the value in place of an alias', 'a: &x b\nc: b\n', 'a: &x b\nc: *x\n'],
    ['has an alias of something else', 'a: &x b\nc: &y b\nd: *y\n', 'a: &x b\nc: &y b\nd: *x\n'],
    ['has an anchor that takes an alias over', 'a: &x b\nc: &x b\nd: *x\n', 'a: &x b\nc: &y b\nd: *x\n'],
  ])('%s', (_, text, expected) => {
    expect(() => expectReadsAs(text, parsed(expected))).toThrow(REFUSAL);
  });

  test.each([
    ['has another string', 'a: c\n'],
    ['has something else than the string', 'a: !!binary Yg==\n'],
    ['has a list', 'a: [b]\n'],
  ])('%s than what was set', (_, text) => {
    const document = parsed('a: 1\n');
    document.yaml.set('a', document.yaml.createNode('b'));
    expect(() => expectReadsAs(text, document)).toThrow(REFUSAL);
    expectReadsAs('a: "b"\n', document);
  });

  test('has something in place of an alias of what was taken out', () => {
    const document = parsed('a: &x b\nc: *x\n');
    document.top.items.shift();
    expect(() => expectReadsAs('c: b\n', document)).toThrow(REFUSAL);
  });
});
