import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import { ApiError } from './api-error.ts';
import { shorten } from './shorten.ts';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

export const SELF_SUBJECT_REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

/**
 * Who the API server takes the transport's credential for
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review, Kubernetes 1.28).
 *
 * @throws ApiError with status 401 when it does not accept the credential, or sees none
 * @throws KubeError
 */
export async function whoAmI(transport: Transport, timeoutMs: number): Promise<string> {
  const name = await userName(transport, timeoutMs);
  // Where something on the way takes the credential off.
  if (name === 'system:anonymous') {
    throw new ApiError(`POST ${SELF_SUBJECT_REVIEWS}`, 401, 'the server sees no credential');
  }
  return name;
}

async function userName(transport: Transport, timeoutMs: number): Promise<string> {
  try {
    const review = (await transport.send({
      method: 'POST',
      path: SELF_SUBJECT_REVIEWS,
      contentType: 'application/json',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      timeoutMs,
    })) as V1SelfSubjectReview | null;
    const name = review?.status?.userInfo?.username;
    if (typeof name === 'string' && name !== '') {
      return shorten(name, 500);
    }
    throw new UnreachableError(`POST ${SELF_SUBJECT_REVIEWS}: the answer is not a SelfSubjectReview`);
  } catch (error) {
    const name = error instanceof ApiError && error.status === 403 ? forbiddenUser(error.detail) : undefined;
    if (name === undefined) {
      throw error;
    }
    return name;
  }
}

/** Who may not ask is known all the same. */
function forbiddenUser(detail: string): string | undefined {
  return /is forbidden: User "([^"]+)"/.exec(detail)?.[1];
}
