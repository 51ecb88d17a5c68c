import { join } from 'node:path';
import type { Progress } from '../../devcluster/progress.ts';
import { byMetric, type Cost, type PerMetric, valuesOf } from '../cost.ts';
import { shuffled } from '../shuffled.ts';
import { spread } from '../statistics.ts';
import { runSynth, type Synth } from './synth.ts';

const APP = join(import.meta.dirname, 'attachments-app.ts');

/** The size of an app, and the medians of the cost to synthesize it. */
export interface Point {
  readonly attachments: number;
  readonly charts: number;
  readonly cost: PerMetric<number>;
}

export interface Growth {
  /** Sizes of one chart: no attachment, then an eighth, a quarter, a half and all attachments. */
  readonly attachments: readonly Point[];
  /** All attachments, spread over 1, 4, 16, 64 charts. */
  readonly charts: readonly Point[];
}

/** Measures each size in a separate process, which only calls `app.synth()`. @throws if an attachment is missing */
export async function measureGrowth(
  rounds: number,
  attachments: number,
  folder: string,
  env: Readonly<Record<string, string>>,
  onProgress: Progress,
  signal: AbortSignal,
): Promise<Growth> {
  const sizes = [0, 1 / 8, 1 / 4, 1 / 2].map((part) => ({
    attachments: Math.round(attachments * part),
    charts: 1,
  }));
  const counts = [1, 4, 16, 64].filter((charts) => charts <= attachments);
  const races = [...sizes, ...counts.map((charts) => ({ attachments, charts }))].map((size) => ({
    ...size,
    costs: [] as Cost[],
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const race of shuffled(races)) {
      signal.throwIfAborted();
      onProgress(
        `growth: round ${round} of ${rounds}, ${race.attachments} attachments, ${race.charts} charts`,
      );
      race.costs.push(await synthesize(race.attachments, race.charts, folder, env));
    }
  }
  const points = races.map(({ attachments, charts, costs }) => ({
    attachments,
    charts,
    cost: byMetric((metric) => spread(valuesOf(costs, metric)).median),
  }));
  return {
    attachments: points.filter(({ charts }) => charts === 1),
    charts: points.slice(sizes.length),
  };
}

async function synthesize(
  attachments: number,
  charts: number,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Cost> {
  const what = `synth of ${attachments} attachments in ${charts} charts`;
  const output = join(folder, `growth-${attachments}-${charts}`);
  const command = [process.execPath, APP, String(attachments), String(charts), output];
  const synth: Synth = { what, command, cwd: folder, output };
  const { cost, manifests } = await runSynth(synth, env);
  const bindings = [...manifests.values()].join('\n').match(/^kind: RoleBinding$/gm) ?? [];
  if (bindings.length !== attachments) {
    throw new Error(`expected ${attachments} RoleBindings, but ${what} wrote ${bindings.length}`);
  }
  return cost;
}

/**
 * The cost that one attachment adds, divided by the cost that it adds at the smallest size. 1 means linear growth.
 *
 * @param points of one chart; the first has no attachments
 */
export function perAttachment(points: readonly Point[]): readonly PerMetric<number>[] {
  const [empty, smallest, ...more] = points;
  if (!empty || !smallest) {
    return [];
  }
  const added = ({ attachments, cost }: Point) =>
    byMetric((metric) => (cost[metric] - empty.cost[metric]) / attachments);
  const base = added(smallest);
  return [smallest, ...more].map((point) => {
    const each = added(point);
    return byMetric((metric) => each[metric] / base[metric]);
  });
}
