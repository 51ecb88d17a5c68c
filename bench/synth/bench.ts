import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../devcluster/progress.ts';
import { compare } from './comparison.ts';
import { synthEnvironmentOf } from './environment.ts';
import { measureGrowth } from './growth.ts';
import type { SynthReport } from './report.ts';
import { stockDependencies } from './stock-dependencies.ts';
import { createSameSourcesProject, createUserProject } from './stock-project.ts';
import { synthEnvironment } from './synth-environment.ts';

/** A round of the growth takes as long as several rounds of the comparison, and its differences are larger. */
const ROUNDS_PER_GROWTH_ROUND = 8;

/** Compares `cdk8s synth` here with the stock template, and measures its growth up to a number of attachments. */
export async function benchSynth(
  rounds: number,
  attachments: number,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<SynthReport> {
  const dependencies = await stockDependencies(onProgress, signal);
  const folder = await mkdtemp(join(tmpdir(), 'multisite-bench-'));
  try {
    const env = synthEnvironment(folder);
    const environment = await synthEnvironmentOf(dependencies, env);
    const stockProjects = { 'same sources': join(folder, 'sources'), package: join(folder, 'user') };
    await createSameSourcesProject(stockProjects['same sources'], dependencies);
    await createUserProject(stockProjects.package, dependencies);
    const comparison = await compare(rounds, stockProjects, folder, env, onProgress, signal);
    const growthRounds = Math.ceil(rounds / ROUNDS_PER_GROWTH_ROUND);
    const growth = await measureGrowth(growthRounds, attachments, folder, env, onProgress, signal);
    return { environment, rounds, comparison, growthRounds, growth };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
