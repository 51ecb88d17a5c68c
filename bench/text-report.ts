import { BASELINES, type Baseline, OURS, type Ours } from './contender.ts';
import { METRICS, type Metric } from './cost.ts';
import type { Environment } from './environment.ts';
import { absolute, factor, heading, ratioText, TITLES, UNITS } from './numbers.ts';
import type { Report, Row } from './report.ts';
import type { Sizes } from './sizes.ts';

const NAME_WIDTH = 26;
const RATIO_WIDTH = 23;
const ABSOLUTE_WIDTH = 12;

/** The report for people. */
export function textReport({ environment, rounds, rows, sizes }: Report): string {
  return [
    machineLine(environment),
    `Rounds: ${rounds}, each in random order. The bench checked the result of every run.`,
    'Each ratio is a ratio of medians. In brackets: the 10th to the 90th percentile of the ratios within a round. Below 1, the row needs less.',
    '',
    ...METRICS.flatMap((metric) => [...table(metric, rows), '']),
    ...OURS.flatMap((ours) => BASELINES.map((baseline) => comparison(ours, baseline, rows))),
    ...OURS.map((ours) => growth(ours, rows)),
    'kubectl patch and the Python client get the merged document. multisite-init reads the old document and merges.',
    sizesLine(sizes),
    '',
  ].join('\n');
}

function machineLine({ machine, node, bun, kubernetes, python, pythonClient }: Environment): string {
  const client = python ? `, Python ${python} with kubernetes ${pythonClient}` : '';
  return `${machine}; Node ${node}, Bun ${bun}, kubectl and API server ${kubernetes}${client}`;
}

function table(metric: Metric, rows: readonly Row[]): string[] {
  const header = [
    heading(metric).padEnd(NAME_WIDTH),
    ...BASELINES.map((baseline) => `vs ${baseline}`.padStart(RATIO_WIDTH)),
    `median ${UNITS[metric]}`.padStart(ABSOLUTE_WIDTH),
  ].join('');
  return rows.flatMap((row, index) => {
    const line = rowLine(metric, row);
    const begins = row.scenario !== rows[index - 1]?.scenario;
    return [...(index === 0 ? [header] : []), ...(begins ? [`  ${row.scenario}`] : []), line];
  });
}

function rowLine(metric: Metric, { contender, missing, measured, against }: Row): string {
  const name = `    ${contender}`.padEnd(NAME_WIDTH);
  if (!measured) {
    return `${name}  ${missing}`;
  }
  const ratios = BASELINES.map((baseline) =>
    ratioText(contender === baseline ? undefined : against[baseline]?.[metric]).padStart(RATIO_WIDTH),
  );
  return `${name}${ratios.join('')}${absolute(measured[metric]).padStart(ABSOLUTE_WIDTH)}`;
}

/** The cost of the largest possible document. */
function growth(ours: Ours, rows: readonly Row[]): string {
  const [large, empty] = (['merge of 1 MiB', 'first write'] as const).map(
    (name) =>
      rows.find(({ scenario, contender }) => scenario === name && contender === ours)?.measured?.wallMs
        .median,
  );
  const times = large !== undefined && empty !== undefined ? factor(large / empty) : '-';
  return `${ours}: a merge into 250 sites, 1 MiB, takes ${times} times the wall time of a first write.`;
}

/** Compares one of our programs with one baseline, over the scenarios of usual size. */
function comparison(ours: Ours, baseline: Baseline, rows: readonly Row[]): string {
  const ratios = rows
    .filter(({ contender, scenario }) => contender === ours && scenario !== 'merge of 1 MiB')
    .map(({ against }) => against[baseline]);
  const parts = METRICS.flatMap((metric) => {
    const values = ratios.flatMap((ratio) => (ratio ? [ratio[metric].ofMedians] : []));
    return values.length === 0 ? [] : [`${TITLES[metric]} ${range(values)}`];
  });
  return `${ours} / ${baseline}: ${parts.length === 0 ? 'not measured' : parts.join(', ')}.`;
}

function range(values: readonly number[]): string {
  const low = factor(Math.min(...values));
  const high = factor(Math.max(...values));
  return low === high ? low : `${low} to ${high}`;
}

function sizesLine({ nodeBundles, bunBinary }: Sizes): string {
  const kib = (nodeBundles / 2 ** 10).toFixed(0);
  const mib = (bunBinary / 2 ** 20).toFixed(0);
  return `Sizes: Node bundles ${kib} KiB (without Node), Bun binary ${mib} MiB (with Bun).`;
}
