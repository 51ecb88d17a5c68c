import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { clusterScoped } from '../api-objects';

type Fields = Readonly<Record<string, unknown>>;

/** An admission policy, and the binding that puts it into force. Both have the same name. */
export interface BoundPolicy {
  readonly policy: ApiObject;
  readonly binding: ApiObject;
}

/** A kind of admission policy. */
export interface PolicyKind {
  readonly kind: 'MutatingAdmissionPolicy' | 'ValidatingAdmissionPolicy';
  /** The version in the API group `admissionregistration.k8s.io`. */
  readonly version: string;
  /** The fields of the binding besides the name of the policy. */
  readonly binding: Fields;
}

/** `v1` since Kubernetes 1.30. */
export const VALIDATING: PolicyKind = {
  kind: 'ValidatingAdmissionPolicy',
  version: 'v1',
  binding: { validationActions: ['Deny'] },
};

/** Adds a policy of a kind with its binding. */
export function addPolicy(
  scope: Construct,
  id: string,
  { kind, version, binding }: PolicyKind,
  metadata: ApiObjectMetadata,
  spec: Fields,
): BoundPolicy {
  const apiVersion = `admissionregistration.k8s.io/${version}`;
  const policy = new ApiObject(scope, `${id}Policy`, {
    apiVersion,
    kind,
    metadata,
    // A CEL error refuses the request. `Ignore` would let the pod pass without its gate. A policy runs in the API
    // server, so there is no webhook that can be down.
    spec: { failurePolicy: 'Fail', ...spec },
  });
  const bound = new ApiObject(scope, `${id}Binding`, {
    apiVersion,
    kind: `${kind}Binding`,
    metadata,
    spec: { policyName: policy.name, ...binding },
  });
  bound.addDependency(policy);
  return { policy: clusterScoped(policy), binding: clusterScoped(bound) };
}
