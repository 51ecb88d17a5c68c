import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
/** The files that `cdk8s init typescript-app` copies, from the pinned cdk8s-cli. */
export const TEMPLATE = join(ROOT, 'node_modules/cdk8s-cli/templates/typescript-app');
