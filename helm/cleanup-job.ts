import { ApiObject, type Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { CloudifyManager } from '../lib/index.js';
import { restrictLastContainer } from '../lib/private/restrict.js';
import { placeholder } from './expressions.ts';

/** No user of the image, nor of the node. */
const USER = 65532;

/** As a rule of a Role has it. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * The Job that runs before a release is deleted: it deletes what Cloudify's Kubernetes plugin has left in the namespace of
 * the components, with the rights that the manager has there. Its image is for the chart to say.
 */
export function addCleanupJob(
  chart: Chart,
  manager: CloudifyManager,
  dockerRegistryAuth: kplus.ISecret,
): void {
  const name = 'cleanup';
  const { labels } = ApiObject.of(manager.deployment).metadata.toJson() as {
    readonly labels: Record<string, string>;
  };
  const job = new kplus.Job(chart, 'Cleanup', {
    metadata: {
      name: `${placeholder('name')}-${name}`,
      labels,
      annotations: {
        'helm.sh/hook': 'pre-delete',
        'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
      },
    },
    podMetadata: { labels },
    serviceAccount: manager.siteServiceAccount,
    // The account itself gives its token to no pod.
    automountServiceAccountToken: true,
    dockerRegistryAuth,
    restartPolicy: kplus.RestartPolicy.NEVER,
    backoffLimit: 2,
    // Helm deletes one that succeeds; nobody else would delete one that fails.
    ttlAfterFinished: Duration.hours(1),
    containers: [
      {
        name,
        image: 'kubectl',
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        command: ['kubectl'],
        args: [
          'delete',
          deletable(manager).join(','),
          `--namespace=${placeholder('components')}`,
          `--selector=${placeholder('selector')}`,
          '--ignore-not-found',
          '--wait',
        ],
        resources: {
          cpu: { request: kplus.Cpu.millis(10) },
          memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
        },
        securityContext: { user: USER, group: USER },
      },
    ],
  });
  restrictLastContainer(job, 'containers', name);
}

/** The kinds that the manager's own Role lets it delete. */
function deletable({ deployRole }: CloudifyManager): string[] {
  if (deployRole === undefined) {
    throw new Error('there is no Role in the namespace of the components');
  }
  const { rules } = ApiObject.of(deployRole).toJson() as { readonly rules: readonly Rule[] };
  return rules
    .filter(({ verbs }) => verbs.includes('delete'))
    .flatMap(({ apiGroups, resources }) =>
      resources.flatMap((kind) => apiGroups.map((group) => (group === '' ? kind : `${kind}.${group}`))),
    );
}
