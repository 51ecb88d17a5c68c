import type { V1SelfSubjectAccessReview, V1SelfSubjectReview } from '@kubernetes/client-node';
import { ApiError, UnreachableError } from './errors.ts';
import type { Action } from './resource.ts';
import { shorten } from './shorten.ts';
import type { Transport } from './transport.ts';

const SUBJECT_REVIEW: Action = {
  verb: 'create',
  group: 'authentication.k8s.io',
  resource: 'selfsubjectreviews',
  namespace: undefined,
  name: undefined,
};
const SUBJECT_REVIEW_PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/** Whether a request was a SelfSubjectReview. Servers before Kubernetes 1.28 answer it with 404. */
export function isSubjectReview(action: Action | undefined): boolean {
  return action?.resource === SUBJECT_REVIEW.resource;
}

/**
 * The identity that the API server sees for the transport's credential
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review, Kubernetes 1.28).
 *
 * @throws ApiError with code 401 if the API server does not accept the credential, or gets none
 * @throws KubeError
 */
export async function whoAmI(transport: Transport, signal: AbortSignal): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const review = (await transport.send(
    {
      method: 'POST',
      path: SUBJECT_REVIEW_PATH,
      contentType: 'application/json',
      body,
      action: SUBJECT_REVIEW,
    },
    signal,
  )) as V1SelfSubjectReview | null;
  const name = review?.status?.userInfo?.username;
  // This happens if something on the way removes the credential.
  if (name === 'system:anonymous') {
    throw noCredential();
  }
  if (typeof name === 'string' && name !== '') {
    return shorten(name, 500);
  }
  throw new UnreachableError(`POST ${SUBJECT_REVIEW_PATH}: the answer is not a SelfSubjectReview`);
}

/** The failure of a request whose credential did not arrive at the API server. */
export function noCredential(): ApiError {
  const request = { name: `POST ${SUBJECT_REVIEW_PATH}`, action: SUBJECT_REVIEW };
  const message = 'the server got no credential';
  return new ApiError(request, 401, { reason: 'Unauthorized', message, details: undefined });
}

/**
 * Whether RBAC, or another authorizer, allows an action to the transport's identity
 * (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access). If it does, and the
 * request is still forbidden, an admission controller refuses the request.
 *
 * @throws KubeError
 */
export async function mayI(transport: Transport, action: Action, signal: AbortSignal): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: action },
  };
  const review = (await transport.send(
    { method: 'POST', path, contentType: 'application/json', body },
    signal,
  )) as V1SelfSubjectAccessReview | null;
  if (typeof review?.status?.allowed !== 'boolean') {
    throw new UnreachableError(`POST ${path}: the answer is not a SelfSubjectAccessReview`);
  }
  return review.status.allowed;
}
