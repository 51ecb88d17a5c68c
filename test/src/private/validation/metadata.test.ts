import type { ApiObjectMetadata } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MultisiteKubeconfig } from '../../../../src/index.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

function mistakesOf(metadata: ApiObjectMetadata): string[] {
  const chart = newChart('sites');
  new MultisiteKubeconfig(chart, 'Kubeconfig', { metadata });
  return mistakesIn(chart);
}

const LONG = 'a'.repeat(63);

describe('a key of labels and annotations', () => {
  const taken = [
    'team',
    'a_B.c-1',
    '0',
    LONG,
    'example.com/team',
    `${LONG}.example/${LONG}`,
    '{{ .Values.key }}',
  ];

  test.each(taken)('may be %j', (key) => {
    expect(mistakesOf({ labels: { [key]: 'x' }, annotations: { [key]: 'x' } })).toEqual([]);
  });

  test.each([
    '',
    'a b',
    '-a',
    'a-',
    '_a',
    'é',
    'a/',
    '/a',
    'a/b/c',
    `${LONG}a`,
    'a\n',
    'a_b/c',
    '.a/b',
    '-/a',
  ])('may not be %j', (key) => {
    expect(mistakesOf({ labels: { [key]: 'x' }, annotations: { [key]: 'x' } })).toEqual(
      ['labels', 'annotations'].map(
        (prop) =>
          `[test/Kubeconfig] metadata.${prop}: the key ${JSON.stringify(key)} is not valid: give at most 63 letters, ` +
          'digits, "-", "_" or ".". The first and the last character must be a letter or digit. A DNS name and "/" may ' +
          'come before the key, like "example.com/team".',
      ),
    );
  });

  test('may have a prefix in capitals in annotations alone, as the API server has it', () => {
    const both = { 'Example.com/team': 'x' };
    expect(mistakesOf({ annotations: both })).toEqual([]);
    expect(mistakesOf({ labels: both })).toEqual([
      expect.stringContaining('metadata.labels: the key "Example.com/team" is not valid'),
    ]);
  });

  test('may not be one that cdk8s fails on', () => {
    expect(mistakesOf({ annotations: { constructor: 'x' } })).toEqual([
      '[test/Kubeconfig] metadata.annotations has the key "constructor", which cdk8s cannot render: give another key.',
    ]);
  });
});

describe('the value of a label', () => {
  test.each(['', 'Edge_1.a-b', '0', LONG, '{{ .Values.team }}'])('may be %j', (value) => {
    expect(mistakesOf({ labels: { team: value } })).toEqual([]);
  });

  test.each(['a b', '-a', 'a.', 'a/b', 'é', 'a\n', `${LONG}a`])('may not be %j', (value) => {
    expect(mistakesOf({ labels: { team: value } })).toEqual([
      `[test/Kubeconfig] metadata.labels["team"] ${JSON.stringify(value)} is not valid: give at most 63 letters, digits, "-", "_" or ".". The first and the last character must be a letter or digit. An empty value is valid too.`,
    ]);
  });
});

test('the namespace of the chart is judged once', () => {
  const chart = newChart('Sites');
  for (const id of ['One', 'Other']) {
    new MultisiteKubeconfig(chart, id, { metadata: { name: id.toLowerCase() } });
  }
  expect(mistakesIn(chart)).toEqual([
    '[test] namespace "Sites" is not valid: give at most 63 lower-case letters, digits or "-". The first and the last character must not be "-".',
  ]);
});

test.each(['0o7', '-0X1F', '0B1', 'a\u007f', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\uffff', 'a\ud800'])(
  'no text may be %j, which Kubernetes does not read from the YAML of cdk8s as it was',
  (value) => {
    expect(mistakesOf({ annotations: { note: value } })).toEqual([
      `[test/Kubeconfig] metadata.annotations["note"] ${JSON.stringify(value)} is not valid: Kubernetes would read ` +
        'another value from the YAML. Give another text.',
    ]);
  },
);

test('nor may any other value, as the name of an object', () => {
  expect(mistakesOf({ name: '0o7' })).toEqual([
    '[test/Kubeconfig] metadata.name "0o7" is not valid: Kubernetes would read another value from the YAML. Give another text.',
  ]);
});

test('annotations may be any text, 256 KiB with their keys', () => {
  expect(mistakesOf({ annotations: { note: 'é'.repeat(2 ** 17 - 2) } })).toEqual([]);
  expect(mistakesOf({ annotations: { note: 'é'.repeat(2 ** 17 - 1) } })).toEqual([
    '[test/Kubeconfig] metadata.annotations have 262146 bytes: give at most 262144, the limit of the API server.',
  ]);
});

test('what has no value is not rendered, and no mistake', () => {
  const unset = { team: undefined as unknown as string };
  expect(mistakesOf({ labels: unset, annotations: unset })).toEqual([]);
});
