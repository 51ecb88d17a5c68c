import { absolute, ratioText } from '../numbers.ts';
import type { PodReport } from './bench.ts';
import { VARIANTS } from './variants.ts';

const NAME_WIDTH = 30;
const WIDTH = 14;
const RATIO_WIDTH = 23;

/** The report for people. */
export function podText({ machine, kubernetes, rounds, started, ratios, added }: PodReport): string {
  const header = [
    'Time until the application starts'.padEnd(NAME_WIDTH + 4),
    'vs no init container'.padStart(RATIO_WIDTH),
    'median ms'.padStart(WIDTH),
    'adds ms'.padStart(WIDTH),
  ].join('');
  const rows = VARIANTS.map((variant) =>
    [
      `    ${variant.padEnd(NAME_WIDTH)}`,
      ratioText(variant === 'no init container' ? undefined : ratios[variant]).padStart(RATIO_WIDTH),
      absolute(started[variant]).padStart(WIDTH),
      (variant === 'no init container' ? '-' : absolute(added[variant])).padStart(WIDTH),
    ].join(''),
  );
  return [
    'Start of an application in a pod, with an init container and without',
    `${machine}; Kubernetes ${kubernetes}: kubelet, containerd, runc`,
    `Rounds: ${rounds}, each in random order; multisite-init writes into an empty ConfigMap.`,
    '',
    header,
    ...rows,
    '',
  ].join('\n');
}
