import { join } from 'node:path';

/** The folder of the chart. */
export const HELM_CHART = join(import.meta.dirname, '../../helm/cloudify-manager');
