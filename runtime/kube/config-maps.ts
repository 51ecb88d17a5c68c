import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

/** Which ConfigMap. */
export interface ConfigMapRef {
  readonly namespace: string;
  readonly name: string;
}

/** What this project writes is its own to the API server too (server-side apply's managedFields). */
export const FIELD_MANAGER = 'cdk8s-multisite';

/** A ConfigMap as the API server has it. */
export type StoredConfigMap = V1ConfigMap & { readonly metadata: { readonly resourceVersion: string } };

/** @throws ApiError UnreachableError */
export async function getConfigMap(
  transport: Transport,
  ref: ConfigMapRef,
  timeoutMs: number,
): Promise<StoredConfigMap> {
  const path = configMapPath(ref);
  return expectConfigMap(`GET ${path}`, await transport.send({ method: 'GET', path, timeoutMs }));
}

/**
 * Sets one key of an existing ConfigMap and nothing else, if the ConfigMap is still the one that was read.
 *
 * @throws ApiError with status 409 when it is not: somebody wrote in between
 * @throws ApiError UnreachableError
 */
export async function patchConfigMapKey(
  transport: Transport,
  ref: ConfigMapRef,
  key: string,
  value: string,
  resourceVersion: string,
  timeoutMs: number,
): Promise<StoredConfigMap> {
  const path = configMapPath(ref);
  const answer = await transport.send({
    method: 'PATCH',
    path: `${path}?fieldManager=${FIELD_MANAGER}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion }, data: { [key]: value } },
    timeoutMs,
  });
  return expectConfigMap(`PATCH ${path}`, answer);
}

/**
 * Whatever else answers, a load balancer say, must never pass for an empty ConfigMap: the API server takes a write
 * with an empty resourceVersion for one that nothing may stop.
 */
function expectConfigMap(name: string, answer: unknown): StoredConfigMap {
  if (isStoredConfigMap(answer)) return answer;
  throw new UnreachableError(`${name}: the answer is not a ConfigMap`, true);
}

function isStoredConfigMap(answer: unknown): answer is StoredConfigMap {
  if (typeof answer !== 'object' || answer === null) return false;
  const { kind, metadata } = answer as V1ConfigMap;
  return (
    kind === 'ConfigMap' && typeof metadata?.resourceVersion === 'string' && metadata.resourceVersion !== ''
  );
}

function configMapPath({ namespace, name }: ConfigMapRef): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}
