import { absolute, factor } from '../numbers.ts';
import type { MetainitReport, Row } from './bench.ts';
import { BASELINE } from './contenders.ts';
import { METRICS, type PerMetric } from './sample.ts';

const NAME_WIDTH = 22;
const WIDTH = 16;

const TITLES: PerMetric<string> = {
  p50Ms: 'held p50, ms',
  p99Ms: 'held p99, ms',
  perSecond: 'released per s',
  cpuMs: 'CPU, ms',
  peakMiB: 'peak, MiB',
  idleMiB: 'idle, MiB',
};

/** The report for people. */
export function metainitText({ environment, rounds, rows }: MetainitReport): string {
  const { machine, node, bun, kubernetes, clientGo } = environment;
  const counts = [...new Set(rows.map(({ pods }) => pods))];
  return [
    'metainit against a controller of the same behaviour on client-go',
    `${machine}; Node ${node}, Bun ${bun}, API server ${kubernetes}, client-go ${clientGo}`,
    `Rounds: ${rounds}, each in random order. Every labelled pod was released, and no other pod was changed.`,
    `Each cell: the median, and the ratio of the medians to ${BASELINE}.`,
    'held: from the answer to the creation of a pod to its release. CPU: from the start of the program.',
    ...counts.flatMap((count) => ['', ...table(count, rows)]),
    '',
  ].join('\n');
}

function table(count: number, rows: readonly Row[]): string[] {
  const title = `${count} pods, half labelled`.padEnd(NAME_WIDTH);
  const header = METRICS.map((metric) => TITLES[metric].padStart(WIDTH)).join('');
  const lines = rows
    .filter(({ pods }) => pods === count)
    .map(({ contender, measured, ratios }) => {
      const cells = METRICS.map((metric) =>
        `${absolute(measured[metric])} ${factor(ratios[metric].ofMedians)}x`.padStart(WIDTH),
      );
      return `  ${contender}`.padEnd(NAME_WIDTH) + cells.join('');
    });
  return [title + header, ...lines];
}
