import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { central } from './central.ts';

/** A document of so many sites, each with this as the value of its CA. */
function documentOf(sites: number, ca: (site: number) => string): string {
  const names = Array.from({ length: sites }, (_, i) => `site-${i}`);
  return [
    'clusters:',
    ...names.map((name, i) => `- name: ${name}\n  cluster: {certificate-authority-data: ${ca(i)}}`),
    'contexts:',
    ...names.map((name) => `- name: ${name}\n  context: {cluster: ${name}, user: ${name}}`),
    'users:',
    ...names.map((name) => `- name: ${name}\n  user: {token: abc}`),
    '',
  ].join('\n');
}

/** The shortest of some runs, so that other load on the machine does not count. */
function timeOf(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}

// Ratios of one run's times, and time enough for a busy machine.
describe('the time of a merge', { timeout: 60_000 }, () => {
  const merge = (text: string) => timeOf(() => mergeEntry(text, central));

  test('grows with the size of the document, not with its square', () => {
    const [small, large] = [documentOf(100, () => 'YWJj'), documentOf(800, () => 'YWJj')];
    merge(small);
    expect(merge(large) / merge(small)).toBeLessThan(8 * 3);
  });

  test('does not grow with the aliases in it', () => {
    const sites = 800;
    const plain = documentOf(sites, () => 'YWJj');
    const aliased = documentOf(sites, (i) => (i === 0 ? '&ca YWJj' : '*ca'));
    expect(merge(aliased) / merge(plain)).toBeLessThan(5);
  });

  test('is short where aliases of aliases stand for more than there can be', () => {
    const laughs = Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('');
    const refusal = () =>
      expect(() => mergeEntry(`a0: &a0 [ha, ha]\n${laughs}`, central)).toThrow(
        /malformed: with every alias replaced by its node/,
      );
    expect(timeOf(refusal) / merge(documentOf(20, () => 'YWJj'))).toBeLessThan(10);
  });
});

test('any number of sites may share a CA by an alias', () => {
  const text = documentOf(250, (i) => (i === 0 ? '&ca YWJj' : '*ca'));
  const merged = parse(mergeEntry(text, central).text, { maxAliasCount: -1 });
  expect(merged.clusters).toHaveLength(251);
  expect(merged.clusters[249].cluster).toEqual({ 'certificate-authority-data': 'YWJj' });
});
