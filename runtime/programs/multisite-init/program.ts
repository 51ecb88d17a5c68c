import { readFileSync } from 'node:fs';
import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';
import type { Dependencies } from '../../cli/run-program.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type CreatedDeps, createDeps } from './create-deps.ts';
import type { Options } from './options.ts';
import { result } from './result.ts';
import { type Outcome, run } from './run.ts';

/** Writes the entry once, or with --watch whenever needed, and prints the result. @throws Failure */
export async function multisiteInit(
  options: Options,
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { env, log, clock, redactor } = dependencies;
  const deps = createDeps(options, {
    env,
    readFile: (path) => readFileSync(path, 'utf8'),
    log,
    clock,
    userAgent: `multisite-init/${packageJson.version}`,
    addSecret: redactor.addSecret,
  });
  try {
    return await writeEntry(options, deps, dependencies, signal);
  } catch (error) {
    if (error instanceof Failure || signal.aborted) {
      throw error;
    }
    // Loaded only after a failure.
    const { explainFailure } = await import('./explain-failure.ts');
    throw await explainFailure(error, options, deps, signal);
  }
}

async function writeEntry(
  options: Options,
  deps: CreatedDeps,
  { log, redactor, print, env }: Dependencies,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.targetCluster && !options.server) {
    log.info(
      `writing ${deps.server().url}, an address inside this cluster: for readers elsewhere, give --server and --ca-file`,
    );
  }
  if (options.watch) {
    const { startRefreshing } = await import('./refresh.ts');
    const { port } = options.watch;
    const onOutcome = (outcome: Outcome) => print(result(outcome, options));
    return startRefreshing(options, port, deps, redactor.redact, onOutcome, signal);
  }
  const outcome = await run(options, deps, signal);
  const { planned } = outcome;
  print(planned === undefined ? result(outcome, options) : await plan(outcome, planned, options, env));
  return ExitCode.ok;
}

async function plan(
  outcome: Outcome,
  planned: NonNullable<Outcome['planned']>,
  options: Options,
  env: Dependencies['env'],
): Promise<string> {
  const { wantsColours } = await import('../../cli/colours.ts');
  const { showPlan } = await import('./show-plan.ts');
  return showPlan(outcome, planned, options, await wantsColours(env));
}
