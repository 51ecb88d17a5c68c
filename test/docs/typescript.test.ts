import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installInto } from '../support/outsider.ts';
import { isOfMistakes, programOf, wholeProgramOf } from './guide.ts';
import { snippets, snippetsOf } from './snippets.ts';

const BIN = join(import.meta.dirname, '../../node_modules/.bin');
const GUIDE = 'docs/constructs.md';
const run = promisify(execFile);

const all = await snippets('ts');
const alone = all.map((snippet, index) => ({
  ...snippet,
  /** What a test is called by. */
  name: `${snippet.file}, snippet ${all.filter(({ file }) => file === snippet.file).indexOf(snippet) + 1}`,
  main: `snippet-${index}.ts`,
  text: programOf(snippet, all),
}));
const whole = {
  file: GUIDE,
  language: 'ts',
  name: `${GUIDE}, all that goes into its main.ts`,
  main: 'whole.ts',
  text: wholeProgramOf(GUIDE, all),
};
const programs = [...alone, whole];
const right = programs.filter((program) => !isOfMistakes(program));
const wrong = programs.filter(isOfMistakes);

let folder: string;

/** A project that has installed this package and what it asks for, with all programs, compiled at once. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docs-test-'));
  await installInto(folder);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { main, text } of programs) {
    await writeFile(join(folder, main), text);
  }
  const strict = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
  await run(join(BIN, 'tsc'), [...strict, ...programs.map(({ main }) => main)], { cwd: folder }).catch(
    ({ stdout }) => expect.unreachable(stdout),
  );
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

async function synthesize(main: string): Promise<string> {
  const output = join(folder, `${main}-dist`);
  await run(join(BIN, 'node'), [main], { cwd: folder, env: { ...process.env, CDK8S_OUTDIR: output } });
  const names = (await readdir(output)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(output, name), 'utf8')));
  return texts.join('---\n');
}

test('there are snippets', () => {
  expect(right.map(({ file }) => file)).toEqual(expect.arrayContaining(['README.md', GUIDE]));
});

test.each(right)('$name compiles and synthesizes', { timeout: 60_000 }, async ({ main }) => {
  const yaml = await synthesize(main);
  expect(yaml).toMatch(/^ +- (multisite-init|metainit)$/m);
  expect(yaml).toMatch(/^kind: (ConfigMap|Secret|ClusterRole)$/m);
});

test('the mistakes of the guide are reported as it says', { timeout: 60_000 }, async () => {
  const [program, ...others] = wrong;
  expect(others).toEqual([]);
  const output = (await snippetsOf(GUIDE)).filter(({ language }) => language === 'text');
  expect(output).toHaveLength(1);
  await expect(synthesize(program?.main ?? '')).rejects.toMatchObject({
    stderr: expect.stringContaining(`\nError: ${output[0]?.text}    at `),
  });
});
