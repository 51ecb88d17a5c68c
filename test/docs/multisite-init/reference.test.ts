import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { freePort } from '../../../devcluster/control-plane/kube-apiserver.ts';
import { flagsOf } from '../../../runtime/cli/command.ts';
import { ExitCode } from '../../../runtime/cli/exit-code.ts';
import { helpText } from '../../../runtime/cli/help.ts';
import { apiServerAt } from '../../../runtime/kube/api-server.ts';
import { COMMAND } from '../../../runtime/programs/multisite-init/command.ts';
import { RefreshStatus } from '../../../runtime/programs/multisite-init/refresh-status.ts';
import { result } from '../../../runtime/programs/multisite-init/result.ts';
import type { Outcome } from '../../../runtime/programs/multisite-init/run.ts';
import { showPlan } from '../../../runtime/programs/multisite-init/show-plan.ts';
import { serveStatus } from '../../../runtime/serve/serve-status.ts';
import { MultisiteInit, MultisiteKubeconfig, SiteCredential } from '../../../src/index.ts';
import { optionsOf } from '../../support/options-of.ts';
import { unaborted } from '../../support/unaborted.ts';
import { snippetsOf } from '../snippets.ts';
import { codes, type Row, table } from '../tables.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = 'docs/multisite-init';
const REFERENCE = `${FOLDER}/reference.md`;
const START = `${FOLDER}/README.md`;

/** A flag as it is told to people. */
interface Told {
  readonly short: string | undefined;
  readonly default: string | undefined;
  readonly isSwitch: boolean;
}

const FLAGS = flagsOf(COMMAND);
const HELP = helpText(COMMAND, COMMAND.name);

/** What the program's own table has. */
const DECLARED: Readonly<Record<string, Told>> = Object.fromEntries(
  Object.entries(FLAGS).map(([name, flag]) => [
    name,
    { short: flag.short, default: flag.default, isSwitch: flag.placeholder === undefined },
  ]),
);

/** Of a table: `--name`, `-n` and a default in backticks; a flag without a value is off by default. */
function flagsOfRows(rows: readonly Row[]): Record<string, Told> {
  return Object.fromEntries(
    rows.map((row) => {
      const [name = '', short] = codes(row.flag).map((flag) => flag.replace(/^-+/, ''));
      return [name, { short, default: codes(row.default)[0], isSwitch: row.default === 'off' }];
    }),
  );
}

describe('the flags', () => {
  test('of reference.md are those of the program, in the same order', async () => {
    const flags = flagsOfRows(await table(REFERENCE, 'flag'));
    expect(flags).toEqual(DECLARED);
    expect(Object.keys(flags)).toEqual(Object.keys(DECLARED));
  });

  test('of reference.md are required where the program requires them', async () => {
    const required = (await table(REFERENCE, 'flag')).filter((row) => row.default === 'required');
    expect(Object.keys(flagsOfRows(required))).toEqual(
      Object.keys(FLAGS).filter((name) => FLAGS[name]?.required),
    );
  });

  test('of reference.md are told with those that they need and exclude', async () => {
    for (const row of await table(REFERENCE, 'flag')) {
      const [name = ''] = Object.keys(flagsOfRows([row]));
      const excluders = Object.keys(FLAGS).filter((other) => FLAGS[other]?.excludes?.includes(name));
      for (const flag of [...(FLAGS[name]?.excludes ?? []), ...excluders]) {
        expect(row['refused if'], name).toMatch(new RegExp(`with .*\`--${flag}\``));
      }
      for (const need of FLAGS[name]?.needs ?? []) {
        expect(row['refused if'], name).toMatch(
          need.includes('=') ? /with another source/ : `without \`--${need}\``,
        );
      }
    }
  });

  test('of docs/multisite-init/README.md are some of them', async () => {
    const flags = flagsOfRows(await table(START, 'flag'));
    expect(Object.keys(flags).length).toBeGreaterThan(4);
    expect(DECLARED).toMatchObject(flags);
  });

  test('that the documents name with --flag=… exist', async () => {
    for (const file of [
      START,
      REFERENCE,
      `${FOLDER}/tasks.md`,
      `${FOLDER}/runbook.md`,
      'docs/install.md',
      'docs/security.md',
      'docs/architecture.md',
      'docs/decisions/no-client-library-in-the-pod.md',
    ]) {
      const prose = (await readFile(join(ROOT, file), 'utf8')).replace(/^ *```[\s\S]*?^ *```$/gm, '');
      // A command in backticks has a space before its flags.
      const named = codes(prose).flatMap((code) => /^--([\w-]+)(?:[= ].*)?$/.exec(code)?.[1] ?? []);
      expect(named.length).toBeGreaterThan(0);
      const others = OTHERS_FLAGS[file] ?? [];
      expect(named.filter((name) => !others.includes(name)).filter((name) => !(name in FLAGS))).toEqual([]);
    }
  });
});

/** Of Helm, kubectl, the API server, npx and docker. */
const OTHERS_FLAGS: Readonly<Record<string, readonly string[]>> = {
  [REFERENCE]: ['service-account-extend-token-expiration'],
  [`${FOLDER}/tasks.md`]: ['context', 'force-replace'],
  [`${FOLDER}/runbook.md`]: ['show-events'],
  [START]: ['no'],
  'docs/install.md': ['platform'],
};

describe.each([REFERENCE, START])('%s', (file) => {
  test('has the exit codes of the programs', async () => {
    const rows = await table(file, file === START ? 'exit code' : 'code');
    // A code has a row for each of its causes.
    const told = new Set(rows.map((row) => Number(Object.values(row)[0])));
    expect([...told]).toEqual(Object.values(ExitCode));
  });
});

test('the fields of the result in JSON are those that the program gives', async () => {
  const told = (await table(REFERENCE, 'field of the result')).flatMap((row) =>
    codes(row['field of the result']),
  );
  const claims = { exp: 2, iat: 1, 'kubernetes.io': { pod: { name: 'reports-0' } } };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.e30`;
  const planned = { before: '', after: 'kind: Config\n' };
  const outcome: Outcome = {
    written: false,
    resourceVersion: '1',
    server: apiServerAt('site.example', 443, 'CA'),
    credential: {
      token,
      life: { issued: new Date(1), expires: new Date(2) },
      certificateAuthorityData: '',
      renewal: 0,
      isTried: false,
    },
    conflicts: 0,
    verifiedAs: 'reports',
    planned,
  };
  const given = new Set<string>();
  for (const flag of ['--configmap=reports', '--secret=reports']) {
    const options = optionsOf('--namespace=reports', '--log-format=json', flag);
    for (const json of [result(outcome, options), showPlan(outcome, planned, options, false)]) {
      for (const field of Object.keys(JSON.parse(json))) {
        given.add(field);
      }
    }
  }
  expect(new Set(told.filter((code) => /^\w+$/.test(code)))).toEqual(given);
});

test('--help has the exit codes of the program', () => {
  const told = [...(HELP.split('Exit codes:')[1] ?? '').matchAll(/(?<=^ *|\s{2})(\d) {2}\w/gm)].map(
    ([, code]) => Number(code),
  );
  expect(told.sort()).toEqual(Object.values(ExitCode));
});

test('the environment variables are those that the program reads, and those of --help', async () => {
  const told = (await table(REFERENCE, 'variable')).flatMap(({ variable }) => codes(variable));
  const read = new Set<string>();
  const exclude = ['runtime/programs/!(multisite-init)/**'];
  for await (const file of glob('runtime/*/**/*.ts', { cwd: ROOT, exclude })) {
    const source = await readFile(join(ROOT, file), 'utf8');
    for (const [, name = ''] of source.matchAll(/\benv\.([A-Z_]+)/g)) {
      read.add(name);
    }
  }
  expect(new Set(told)).toEqual(read);
  const helped = HELP.split('Environment:')[1]?.split('Exit codes:')[0] ?? '';
  expect(new Set(helped.match(/\b[A-Z]+_[A-Z_]+\b/g))).toEqual(read);
});

test('the metrics are those that the refresher gives, each with its type', async () => {
  const told = (await table(REFERENCE, 'metric')).map((row) => [codes(row.metric)[0], row.type]);
  const given = [...(await new RefreshStatus().metrics()).matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  expect(told.sort()).toEqual(given.map(([, name, type]) => [name, type]).sort());
});

test('what the alerts ask for are these metrics, and none is without an alert', async () => {
  const rows = await table(REFERENCE, 'metric');
  const asked = rows.flatMap((row) => row['alert on']?.match(/multisite_init_\w+/g) ?? []);
  expect(new Set(asked)).toEqual(new Set(rows.flatMap(({ metric }) => codes(metric))));
});

test('the endpoints are those that answer, and those that the server itself names', async () => {
  const told = (await table(REFERENCE, 'path')).flatMap(({ path }) => codes(path));
  const port = await freePort();
  await serveStatus(new RefreshStatus(), port, String, unaborted);
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  for (const path of told) {
    expect((await get(path)).status, path).not.toBe(404);
  }
  const other = await get('/');
  expect(other.status).toBe(404);
  expect((await other.text()).match(/\/\w+/g)).toEqual(told);
});

test('the rights are what MultisiteInit renders', async () => {
  const block = (await snippetsOf(REFERENCE)).find(({ text }) => text.startsWith('# rbac.yaml\n'));
  const told = parseAllDocuments(block?.text ?? '').map((document) => document.toJS());

  const chart = new Chart(Testing.app(), 'reports', { namespace: 'reports' });
  const pod = new kplus.Deployment(chart, 'Deployment', { containers: [{ image: 'reports' }] });
  const site = new kplus.ServiceAccount(chart, 'Site', { metadata: { name: 'site' } });
  new MultisiteInit(chart, 'Init', {
    pod,
    configMap: new MultisiteKubeconfig(chart, 'Kubeconfig').configMap,
    credential: SiteCredential.requested(site),
    refresh: true,
    metadata: { name: 'multisite-init' },
  });
  const rendered = Testing.synth(chart).filter(
    ({ kind, metadata }) =>
      ['Role', 'RoleBinding', 'ServiceAccount'].includes(kind) && metadata.name === 'multisite-init',
  );

  expect(told).toHaveLength(3);
  expect(told).toEqual(expect.arrayContaining(rendered));
  expect(rendered).toEqual(expect.arrayContaining(told));
});

test('the flags of each token source are told with it', async () => {
  const rows = await table(REFERENCE, 'flag');
  for (const [flag, source] of [
    ['--service-account', 'request'],
    ['--expiration', 'request'],
    ['--token-secret', 'secret'],
    ['--token-file', 'file'],
  ]) {
    expect(rows.find((row) => codes(row.flag)[0] === flag)?.meaning).toContain(`\`${source}\``);
  }
});
