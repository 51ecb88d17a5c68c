import type { Contender } from './contender.ts';
import { type Cost, costOf } from './cost.ts';
import { type Measurement, measure } from './measurement.ts';
import { changes, type Scenario } from './scenario.ts';
import type { Site } from './site.ts';

export const TIMEOUT_MS = 60_000;

/** The cost of one run, and its result. */
export interface Sample extends Cost {
  /** Whether the run changed the ConfigMap's resourceVersion. */
  readonly written: boolean;
}

/** Resets the ConfigMap and runs a contender in a scenario. @throws if the contender has not done its work */
export async function runOnce(contender: Contender, scenario: Scenario, site: Site): Promise<Sample> {
  const { configMap, env, folder } = site;
  const before = await configMap.reset(scenario.before);
  const command = contender.command(scenario, site);
  const measurement = await measure({ command, env, cwd: folder, timeoutMs: TIMEOUT_MS });
  const { text, resourceVersion } = await configMap.read();
  const written = resourceVersion !== before;
  const wrong = whatIsWrong(measurement, text === scenario.after, written, scenario);
  if (wrong) {
    throw new Error(`${contender.name}, ${scenario.name}: ${wrong}\n${measurement.output}`);
  }
  return { ...costOf(measurement), written };
}

function whatIsWrong(
  { exitCode, signal }: Measurement,
  isAsExpected: boolean,
  written: boolean,
  scenario: Scenario,
): string | undefined {
  if (exitCode !== 0) {
    return `it ended with ${signal ?? `exit code ${exitCode}`}`;
  }
  if (!isAsExpected) {
    return 'the ConfigMap has a wrong content';
  }
  if (written !== changes(scenario)) {
    return `it ${written ? 'wrote' : 'did not write'} the ConfigMap`;
  }
  return undefined;
}
