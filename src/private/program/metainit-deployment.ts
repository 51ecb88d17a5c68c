import { ApiObject, type ApiObjectMetadata, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Two replicas: if one is lost, the other already runs. All replicas are active. */
const REPLICAS = 2;

const PRIORITY_CLASS = 'system-cluster-critical';

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** The Deployment of metainit, without a container yet. */
export function metainitDeployment(
  scope: Construct,
  metadata: ApiObjectMetadata,
  serviceAccount: kplus.ServiceAccount,
  dockerRegistryAuth: kplus.ISecret | undefined,
): kplus.Deployment {
  const deployment = new kplus.Deployment(scope, 'Deployment', {
    metadata,
    podMetadata: { labels: { ...metadata.labels }, annotations: { ...metadata.annotations } },
    replicas: REPLICAS,
    serviceAccount,
    dockerRegistryAuth,
  });
  const { scheduling } = deployment;
  // Preferred, not required: a cluster may have one node.
  scheduling.separate(deployment, { topology: kplus.Topology.HOSTNAME, weight: 100 });
  scheduling.tolerate(
    kplus.Node.tainted(kplus.NodeTaintQuery.exists(CONTROL_PLANE, { effect: kplus.TaintEffect.NO_SCHEDULE })),
  );
  ApiObject.of(deployment).addJsonPatch(
    JsonPatch.add('/spec/template/spec/priorityClassName', PRIORITY_CLASS),
  );
  return deployment;
}

/**
 * Permits the priority class of the Deployment in its namespace. Some clusters, for example of GKE, admit pods of this
 * class only where a ResourceQuota matches the class
 * (https://kubernetes.io/docs/concepts/policy/resource-quotas/#limit-priority-class-consumption-by-default).
 */
export function addPriorityQuota(scope: Construct, metadata: ApiObjectMetadata): ApiObject {
  return new ApiObject(scope, 'ResourceQuota', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata,
    spec: {
      // Never reached. A low limit would also count other critical pods of the namespace, for example in kube-system.
      hard: { pods: '1G' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [PRIORITY_CLASS] }],
      },
    },
  });
}

/** Lets only one replica be evicted at a time. */
export function addDisruptionBudget(
  scope: Construct,
  metadata: ApiObjectMetadata,
  { matchLabels }: kplus.Deployment,
): ApiObject {
  return new ApiObject(scope, 'PodDisruptionBudget', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  });
}
