import type { Comparison } from './comparison.ts';
import type { SynthEnvironment } from './environment.ts';
import type { Growth } from './growth.ts';

export interface SynthReport {
  readonly environment: SynthEnvironment;
  readonly rounds: number;
  readonly comparison: Comparison;
  readonly growthRounds: number;
  readonly growth: Growth;
}
