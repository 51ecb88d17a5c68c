import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { flagsOf } from '../../runtime/cli/command.ts';
import { ExitCode } from '../../runtime/cli/exit-code.ts';
import { helpText } from '../../runtime/cli/help.ts';
import { COMMAND, DEFAULT_LABEL } from '../../runtime/programs/metainit/command.ts';
import { CONCURRENCY } from '../../runtime/programs/metainit/concurrency.ts';
import { describeRelease, releaseFields, releaseOf } from '../../runtime/programs/metainit/release.ts';
import { ReleaseStatus } from '../../runtime/programs/metainit/release-status.ts';
import { serveStatus } from '../../runtime/serve/serve-status.ts';
import { HoldPods, Metainit } from '../../src/index.ts';
import { manifests, mistakesIn, newChart, theOnly } from '../src/manifests.ts';
import { RULES } from '../support/held-pods.ts';
import { unaborted } from '../support/unaborted.ts';
import { codes, table } from './tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'docs/metainit.md';
const FLAGS = flagsOf(COMMAND);
const HELP = helpText(COMMAND, COMMAND.name);

const status = () =>
  new ReleaseStatus(
    [],
    () => 0,
    () => undefined,
  );

test('the flags are those of the program, in the same order, with their defaults', async () => {
  const told = (await table(PAGE, 'flag')).map((row) => {
    const [name = '', short] = codes(row.flag).map((flag) => flag.replace(/^-+/, ''));
    return { name, short, default: codes(row.default)[0], isSwitch: row.default === 'off' };
  });
  const declared = Object.entries(FLAGS).map(([name, flag]) => ({
    name,
    short: flag.short,
    default: flag.default,
    isSwitch: flag.placeholder === undefined,
  }));
  expect(told).toEqual(declared);
});

test('the flags are told with those that they exclude', async () => {
  for (const row of await table(PAGE, 'flag')) {
    const name = codes(row.flag)[0]?.replace(/^--/, '') ?? '';
    const excluders = Object.keys(FLAGS).filter((other) => FLAGS[other]?.excludes?.includes(name));
    for (const flag of [...(FLAGS[name]?.excludes ?? []), ...excluders]) {
      expect(codes(row['refused if']), name).toContain(`--${flag}`);
    }
  }
});

test('the label is the default of the program', async () => {
  const text = await readFile(join(ROOT, PAGE), 'utf8');
  expect(text).toContain(`The default is \`${DEFAULT_LABEL}\``);
});

test('the exit codes are those of the programs, and those of --help', async () => {
  const told = (await table(PAGE, 'code')).map(({ code }) => Number(code));
  const helped = [...(HELP.split('Exit codes:')[1] ?? '').matchAll(/(?<=^ *|\s{2})(\d) {2}\w/gm)].map(
    ([, code]) => Number(code),
  );
  expect(helped.sort()).toEqual(told);
  expect(Object.values(ExitCode)).toEqual(expect.arrayContaining(told));
});

test('the environment variables are those that the program reads, and those of --help', async () => {
  const told = (await table(PAGE, 'variable')).flatMap(({ variable }) => codes(variable));
  const read = new Set<string>();
  for await (const file of glob('runtime/{cli,kube,serve,async,programs/metainit}/*.ts', { cwd: ROOT })) {
    const source = await readFile(join(ROOT, file), 'utf8');
    for (const [, name = ''] of source.matchAll(/\benv\.([A-Z_]+)/g)) {
      read.add(name);
    }
  }
  // It prints nothing in colour.
  read.delete('NO_COLOR');
  expect(new Set(told)).toEqual(read);
  const helped = HELP.split('Environment:')[1]?.split('Exit codes:')[0] ?? '';
  expect(new Set(helped.match(/\b(?:[A-Z]+_[A-Z_]+|KUBECONFIG)\b/g))).toEqual(read);
});

test('the metrics are those that the program gives, each with its type', async () => {
  const told = (await table(PAGE, 'metric')).map((row) => [codes(row.metric)[0], row.type]);
  const text = await status().metrics();
  const given = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
  expect(told.sort()).toEqual(given.sort());
  const tasks = new Set([...text.matchAll(/task="(\w+)"/g)].map(([, task]) => task));
  const row = (await table(PAGE, 'metric')).find(({ metric }) => metric?.includes('errors_total'));
  expect(new Set(codes(row?.meaning))).toEqual(new Set(['task', ...tasks]));
});

test('the endpoints are those that answer', async () => {
  const told = (await table(PAGE, 'path')).flatMap(({ path }) => codes(path));
  const port = await freePort();
  await serveStatus(status(), port, String, unaborted);
  for (const path of told) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).not.toBe(404);
  }
  const other = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  expect(other.match(/\/\w+/g)).toEqual(told);
});

test('the fields and the line of a release are those that the program gives', async () => {
  const told = (await table(PAGE, 'field of a release')).flatMap((row) => codes(row['field of a release']));
  const pod = { namespace: 'apps', name: 'web-0', uid: '1', gates: ['a.example/x'] };
  const after = {
    metadata: { creationTimestamp: '2030-01-01T00:00:00Z' },
    spec: { schedulingGates: [{ name: 'b.example/y' }] },
  };
  const release = releaseOf(pod, after, Date.parse('2030-01-01T00:00:02.5Z'));
  expect(told).toEqual(Object.keys(releaseFields(release)));
  expect(await readFile(join(ROOT, PAGE), 'utf8')).toContain(`\nmetainit: ${describeRelease(release)}\n`);
});

test('the rights are those that the tests give the program', async () => {
  const told = (await table(PAGE, 'resource')).map((row) => ({
    apiGroups: [''],
    resources: codes(row.resource),
    verbs: codes(row.verbs),
  }));
  expect(told).toEqual(RULES);
});

test('the program does so many things at once', async () => {
  expect(await readFile(join(ROOT, PAGE), 'utf8')).toContain(`${CONCURRENCY} pods at once`);
});

test('the objects of Metainit are those that the page names', async () => {
  const rows = await table(PAGE, 'object');
  const chart = newChart(undefined);
  new Metainit(chart, 'Metainit');
  const told = rows.flatMap(({ object = '' }) => object.replace(/ `.*`/, '').split(', '));
  expect(told.toSorted()).toEqual(
    manifests(chart)
      .map(({ kind }) => kind)
      .toSorted(),
  );
});

test('the policies of HoldPods are those that the page names', async () => {
  const rows = await table(PAGE, 'policy');
  const policies = manifests(holdFor('1.36')).filter(({ kind }) => kind?.endsWith('Policy'));
  expect(rows.map(({ policy }) => policy?.replaceAll('`', ''))).toEqual(
    policies.map(({ kind, metadata }) => `${kind} ${metadata?.name?.replace('example.com-hold', '')}`.trim()),
  );
});

test('each version of Kubernetes has the API that the page says', async () => {
  for (const row of await table(PAGE, 'Kubernetes')) {
    const [api = 'none'] = codes(row.API);
    const versions = row.Kubernetes?.match(/1\.\d+/g) ?? [];
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) {
      const isBefore = row.Kubernetes?.startsWith('before');
      const chart = holdFor(isBefore ? `1.${Number(version.slice(2)) - 1}` : version);
      expect(mistakesIn(chart).length).toBe(isBefore ? 1 : 0);
      if (!isBefore) {
        expect(theOnly(chart, 'MutatingAdmissionPolicy').apiVersion).toBe(
          `admissionregistration.k8s.io/${api}`,
        );
      }
    }
  }
});

function holdFor(kubernetesVersion: string) {
  const chart = newChart(undefined);
  new HoldPods(chart, 'HoldPods', {
    gate: 'example.com/hold',
    namespaces: kplus.Namespaces.all(chart, 'All'),
    metainit: { label: 'example.com/first', namespaceName: 'metainit', userName: 'metainit' },
    maySetLabel: [],
    kubernetesVersion,
  });
  return chart;
}
