import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { clusterScoped } from '../api-objects';
import { RELEASING } from './role';

/** Who sends requests, in the form of a FlowSchema. */
export type FlowSubject =
  | {
      readonly kind: 'ServiceAccount';
      readonly serviceAccount: { readonly name: string; readonly namespace: string };
    }
  | { readonly kind: 'User'; readonly user: { readonly name: string } };

/**
 * Gives metainit's requests the priority level `workload-high`, which the controllers in kube-system have. Without it,
 * a ServiceAccount of another namespace shares `workload-low` with all others, and a user shares `global-default`
 * (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
 */
export function addFlowSchema(
  scope: Construct,
  metadata: ApiObjectMetadata,
  subject: FlowSubject,
): ApiObject {
  const flowSchema = new ApiObject(scope, 'FlowSchema', {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata,
    spec: {
      priorityLevelConfiguration: { name: 'workload-high' },
      // Lower than 9000 (`service-accounts`) and 9900 (`global-default`), so that this one matches first.
      matchingPrecedence: 800,
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: [subject], resourceRules: RESOURCE_RULES }],
    },
  });
  return clusterScoped(flowSchema);
}

/** In all namespaces, and across namespaces. */
const RESOURCE_RULES = RELEASING.map(({ verbs, resource }) => ({
  verbs,
  apiGroups: [resource.apiGroup],
  resources: [resource.resourceType],
  namespaces: ['*'],
  clusterScope: true,
}));
