import { snippets } from './snippets.ts';

/** Commands that other tests run, and where; a test that ran them here would run itself. */
export const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'test/start/start.cluster.test.ts',
  'npm start -- --node': 'test/start/start.e2e.test.ts',
  'npm start -- --metainit': 'test/start/show-deadlock.cluster.test.ts',
  'npm start -- --context NAME': 'test/start/user-cluster.long.test.ts',
  'npm ci && npm test': '.ci/run',
  'kubectl delete -f dist/': 'test/e2e/manager.e2e.test.ts',
};

/** Whose commands build on each other, or build images: tests of these documents' own names, or of images, type them. */
const IN_ORDER = [
  'docs/cloudify-manager.md',
  'docs/constructs.md',
  'docs/helm.md',
  'docs/multisite-init/reference.md',
  'docs/multisite-init/runbook.md',
  'docs/multisite-init/tasks.md',
  'docs/security.md',
  'docs/metainit-static-pod.md',
  'docs/migration.md',
];

/** What they tell to type, a line each. */
export const lines = (await snippets('sh'))
  .filter(({ file }) => !IN_ORDER.includes(file))
  .flatMap(({ text }) => text.trim().split('\n'));
