import { snippets } from './snippets.ts';

const METAINIT_HELM = 'test/docs/metainit-commands.helm.test.ts';

/** Commands that other tests run, and where; a test that ran them here would run itself. */
export const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'test/start/start.cluster.test.ts',
  'npm start -- --node': 'test/start/start.e2e.test.ts',
  'npm start -- --metainit': 'test/start/show-deadlock.cluster.test.ts',
  'npm start -- --context NAME': 'test/start/user-cluster.long.test.ts',
  'npm ci && npm test': '.ci/run',
  'kubectl delete -f dist/': 'test/e2e/manager.e2e.test.ts',
  'npm run helm': METAINIT_HELM,
  'helm install metainit packages/helm/metainit --namespace metainit --create-namespace --set image.repository=registry.example/multisite':
    METAINIT_HELM,
  'kubectl auth can-i patch pods --all-namespaces --as system:serviceaccount:metainit:metainit':
    METAINIT_HELM,
  'helm status metainit --namespace metainit': METAINIT_HELM,
  'helm upgrade metainit packages/helm/metainit --namespace metainit --reset-then-reuse-values --values hold.yaml':
    METAINIT_HELM,
  'kubectl label namespace apps hold=true': METAINIT_HELM,
  "kubectl -n apps run probe --image=probe --dry-run=server -o jsonpath='{.spec.schedulingGates}'":
    METAINIT_HELM,
  'helm uninstall metainit --namespace metainit': METAINIT_HELM,
  'kubectl delete namespace metainit --wait=false': METAINIT_HELM,
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
