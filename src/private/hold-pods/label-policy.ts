import { celString, inWords, isSentBy, type Requesters, withUsers } from './requesters';

/**
 * The controllers of Kubernetes that copy pod templates into pods and other templates. Their requests pass, because the
 * policy has checked the template that they copy.
 */
const CONTROLLERS = [
  ...[
    'cronjob-controller',
    'daemon-set-controller',
    'deployment-controller',
    'job-controller',
    'replicaset-controller',
    'replication-controller',
    'statefulset-controller',
  ].map((name) => `system:serviceaccount:kube-system:${name}`),
  // All controllers, if kube-controller-manager runs without --use-service-account-credentials.
  'system:kube-controller-manager',
];

/** The resources with pods and pod templates from which the controllers of Kubernetes make pods. */
const RESOURCES: readonly (readonly [group: string, resources: readonly string[]])[] = [
  // A write to the status of a pod can change its labels too. A write to the status of a workload cannot.
  ['', ['pods', 'pods/status', 'podtemplates', 'replicationcontrollers']],
  // A StatefulSet makes pods from its ControllerRevisions too.
  ['apps', ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets']],
  ['batch', ['cronjobs', 'jobs']],
];

/** The specification of the policy that limits who may set the label on pods and pod templates. */
export function limitLabelSpec(label: string, maySet: Requesters): Readonly<Record<string, unknown>> {
  return {
    matchConstraints: {
      resourceRules: RESOURCES.map(([group, resources]) => ({
        apiGroups: [group],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources,
      })),
    },
    variables: [
      { name: 'template', expression: templateOf('object') },
      {
        name: 'oldTemplate',
        expression: `oldObject == null ? {} : ${templateOf('oldObject')}`,
      },
      { name: 'hasLabel', expression: hasLabel('variables.template', label) },
      { name: 'hadLabel', expression: hasLabel('variables.oldTemplate', label) },
      {
        // Who changes a labelled template decides what runs with the label.
        name: 'isUnchanged',
        expression: 'object.kind == "Pod" || variables.template == variables.oldTemplate',
      },
      { name: 'maySetLabel', expression: isSentBy(withUsers(maySet, CONTROLLERS)) },
    ],
    validations: [
      {
        expression:
          '!variables.hasLabel || variables.maySetLabel || (variables.hadLabel && variables.isUnchanged)',
        messageExpression: `request.userInfo.username + ${celString(
          ` may not set the label ${label} of a pod, or change a pod template that has it; these may: ${inWords(maySet)}`,
        )}`,
        reason: 'Forbidden',
      },
    ],
  };
}

/** A CEL expression: the pod or the pod template in an object. Empty if the object has none. */
function templateOf(object: string): string {
  const inOther = [
    `${object}.kind == "CronJob" ? ${object}.?spec.?jobTemplate.?spec.?template`,
    `${object}.kind == "PodTemplate" ? ${object}.?template`,
    `${object}.kind == "ControllerRevision" ? ${object}.?data.?spec.?template`,
    `${object}.?spec.?template`,
  ].join(' : ');
  return `${object}.kind == "Pod" ? ${object} : (${inOther}).orValue({})`;
}

function hasLabel(template: string, label: string): string {
  return `${template}.?metadata.?labels[?${celString(label)}].hasValue()`;
}
