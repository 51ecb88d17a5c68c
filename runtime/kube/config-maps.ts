import type { V1ConfigMap } from '@kubernetes/client-node';
import type { Transport } from './transport.ts';

/** Which ConfigMap. */
export interface ConfigMapRef {
  readonly namespace: string;
  readonly name: string;
}

/** What this project writes is its own to the API server too (server-side apply's managedFields). */
export const FIELD_MANAGER = 'cdk8s-multisite';

/** @throws ApiError UnreachableError */
export async function getConfigMap(
  transport: Transport,
  ref: ConfigMapRef,
  timeoutMs: number,
): Promise<V1ConfigMap> {
  return (await transport.send({ method: 'GET', path: configMapPath(ref), timeoutMs })) as V1ConfigMap;
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
): Promise<V1ConfigMap> {
  return (await transport.send({
    method: 'PATCH',
    path: `${configMapPath(ref)}?fieldManager=${FIELD_MANAGER}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion }, data: { [key]: value } },
    timeoutMs,
  })) as V1ConfigMap;
}

function configMapPath({ namespace, name }: ConfigMapRef): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}
