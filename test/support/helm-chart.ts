import { join } from 'node:path';
import type { ChartName } from '../../helm/copy-charts.ts';

/** The folder of a chart. */
export function chartFolder(name: ChartName): string {
  return join(import.meta.dirname, '../../helm', name);
}

/** The folder of Cloudify Manager's chart. */
export const HELM_CHART = chartFolder('cloudify-manager');
