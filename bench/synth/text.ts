import { byMetric, METRICS, type Metric, type PerMetric } from '../cost.ts';
import { absolute, factor, heading, ratioText, TITLES, UNITS } from '../numbers.ts';
import { type Comparison, PROJECTS, type ProjectName, STOCK_PROJECTS } from './comparison.ts';
import type { SynthEnvironment } from './environment.ts';
import { type Point, perAttachment } from './growth.ts';
import type { SynthReport } from './report.ts';

const NAME_WIDTH = 26;
const RATIO_WIDTH = 23;

const PROJECT_TITLES: Readonly<Record<ProjectName, string>> = {
  here: 'here',
  'same sources': 'stock, same sources',
  package: 'stock, package',
};
const ABSOLUTE_WIDTH = 12;
const COUNT_WIDTH = 14;
const FACTOR_WIDTH = 9;

/** The report for people. */
export function synthText({ environment, rounds, comparison, growthRounds, growth }: SynthReport): string {
  const most = growth.charts[0]?.attachments;
  return [
    'npx cdk8s synth, here and in the stock TypeScript template: with the same sources, and with the package',
    environmentLine(environment),
    `Rounds: ${rounds}, each in random order; all manifests are the same, byte for byte.`,
    '',
    ...METRICS.flatMap((metric) => [...comparisonTable(metric, comparison), '']),
    ...summary(comparison),
    '',
    `Growth of one chart, rounds: ${growthRounds}. After each median: the cost that one attachment adds, divided by the same cost at the smallest size.`,
    ...table('attachments', growth.attachments, ({ attachments }) => attachments, [
      undefined,
      ...perAttachment(growth.attachments),
    ]),
    '',
    `${most} attachments in several charts, rounds: ${growthRounds}. After each median: the ratio to one chart.`,
    ...table('charts', growth.charts, ({ charts }) => charts, againstFirst(growth.charts)),
    '',
  ].join('\n');
}

function environmentLine(environment: SynthEnvironment): string {
  const { machine, node, npx, cdk8sCli, tsNode, typescript } = environment;
  return `${machine}; Node ${node}, npx v${npx}, cdk8s-cli v${cdk8sCli}; in the template ts-node v${tsNode}, TypeScript v${typescript}`;
}

function comparisonTable(metric: Metric, { measured, ratios }: Comparison): string[] {
  const header = [
    heading(metric).padEnd(NAME_WIDTH),
    ...STOCK_PROJECTS.map((name) => `vs ${PROJECT_TITLES[name]}`.padStart(RATIO_WIDTH)),
    `median ${UNITS[metric]}`.padStart(ABSOLUTE_WIDTH),
  ].join('');
  const rows = PROJECTS.map((name) =>
    [
      `    ${PROJECT_TITLES[name]}`.padEnd(NAME_WIDTH),
      ...STOCK_PROJECTS.map((stock) =>
        ratioText(name === 'here' ? ratios[stock][metric] : undefined).padStart(RATIO_WIDTH),
      ),
      absolute(measured[name][metric]).padStart(ABSOLUTE_WIDTH),
    ].join(''),
  );
  return [header, ...rows];
}

function summary({ ratios }: Comparison): string[] {
  return STOCK_PROJECTS.map((name) => {
    const parts = METRICS.map((metric) => `${TITLES[metric]} ${factor(ratios[name][metric].ofMedians)}`);
    return `cdk8s synth here / ${PROJECT_TITLES[name]}: ${parts.join(', ')}.`;
  });
}

function table(
  title: string,
  points: readonly Point[],
  count: (point: Point) => number,
  factors: readonly (PerMetric<number> | undefined)[],
): string[] {
  const header = METRICS.map((metric) =>
    `${TITLES[metric]} ${UNITS[metric]}`.padStart(ABSOLUTE_WIDTH + FACTOR_WIDTH),
  );
  const rows = points.map((point, index) => {
    const cells = METRICS.map((metric) => {
      const value = factors[index]?.[metric];
      const text = value === undefined ? '-' : factor(value);
      return point.cost[metric].toFixed(1).padStart(ABSOLUTE_WIDTH) + text.padStart(FACTOR_WIDTH);
    });
    return String(count(point)).padStart(COUNT_WIDTH) + cells.join('');
  });
  return [title.padStart(COUNT_WIDTH) + header.join(''), ...rows];
}

function againstFirst(points: readonly Point[]): readonly PerMetric<number>[] {
  const [first] = points;
  if (!first) {
    return [];
  }
  return points.map(({ cost }) => byMetric((metric) => cost[metric] / first.cost[metric]));
}
