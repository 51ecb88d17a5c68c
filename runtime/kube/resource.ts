import { UnreachableError } from './errors.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** A kind of object, with its names in the API server's paths. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural name, for example `configmaps`. */
  readonly plural: string;
  /** For example `ConfigMap`. */
  readonly kind: string;
}

/** All objects of a resource in a namespace. If `namespace` is undefined: those of all namespaces, or the cluster-scoped ones. */
export interface CollectionRef {
  readonly resource: Resource;
  readonly namespace: string | undefined;
}

export interface ObjectRef extends CollectionRef {
  readonly name: string;
}

/** What a request does, in RBAC's terms. */
export interface Action {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** An object as the API server has it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** A page of a collection. */
export interface KubeList {
  readonly resourceVersion: string;
  readonly items: readonly KubeObject[];
  /** Asks for the next page; empty on the last one. */
  readonly continueToken: string;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function collectionPath({ resource, namespace }: CollectionRef): string {
  const { group, version, plural } = resource;
  const api = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === undefined
    ? `${api}/${plural}`
    : `${api}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

export function objectPath(ref: ObjectRef): string {
  return `${collectionPath(ref)}/${encodeURIComponent(ref.name)}`;
}

export function actionOn(verb: Action['verb'], ref: CollectionRef & { readonly name?: string }): Action {
  const { group, plural } = ref.resource;
  return { verb, group, resource: plural, namespace: ref.namespace, name: ref.name };
}

/** @throws KubeError */
export async function getObject(
  transport: Transport,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<KubeObject> {
  const request = { method: 'GET', path: objectPath(ref), action: actionOn('get', ref) } as const;
  return expectKind(ref, `GET ${request.path}`, await transport.send(request, signal));
}

/**
 * One page of a collection.
 *
 * @param query selectors, `limit`, `continue` and the like
 *   (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks)
 * @throws ApiError with code 410 if the continue token has expired
 * @throws KubeError
 */
export async function listObjects(
  transport: Transport,
  ref: CollectionRef,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<KubeList> {
  const path = `${collectionPath(ref)}?${new URLSearchParams(query)}`;
  const answer = await transport.send({ method: 'GET', path, action: actionOn('list', ref) }, signal);
  const { kind, metadata, items } = (answer ?? {}) as {
    readonly kind?: string;
    readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
    readonly items?: readonly KubeObject[] | null;
  };
  const resourceVersion = metadata?.resourceVersion;
  if (kind !== `${ref.resource.kind}List` || !resourceVersion) {
    throw new UnreachableError(`GET ${path}: the answer is not a ${ref.resource.kind}List`);
  }
  return { resourceVersion, items: items ?? [], continueToken: metadata.continue ?? '' };
}

/** @throws ApiError with code 409 if an object of that name exists @throws KubeError */
export async function createObject(
  transport: Transport,
  ref: CollectionRef,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  // The action has no name, because the name is not in the path, and authorizers do not see it.
  const action = actionOn('create', ref);
  return write(
    transport,
    ref,
    { method: 'POST', path: collectionPath(ref), ...json(object), action },
    signal,
  );
}

/**
 * Replaces an object by a new version of it.
 *
 * @throws ApiError with code 409 if the object has another resourceVersion now
 * @throws KubeError
 */
export async function updateObject(
  transport: Transport,
  ref: ObjectRef,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  const action = actionOn('update', ref);
  return write(transport, ref, { method: 'PUT', path: objectPath(ref), ...json(object), action }, signal);
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export type PatchType =
  | 'application/merge-patch+json'
  | 'application/json-patch+json'
  | 'application/strategic-merge-patch+json';

/** @throws ApiError with code 409 if the object has another resourceVersion than the patch @throws KubeError */
export async function patchObject(
  transport: Transport,
  ref: ObjectRef,
  contentType: PatchType,
  body: unknown,
  signal: AbortSignal,
): Promise<KubeObject> {
  const action = actionOn('patch', ref);
  return write(transport, ref, { method: 'PATCH', path: objectPath(ref), contentType, body, action }, signal);
}

/**
 * Deletes an object if it meets the preconditions.
 *
 * @throws ApiError with code 409 if it does not
 * @throws KubeError
 */
export async function deleteObject(
  transport: Transport,
  ref: ObjectRef,
  preconditions: { readonly uid?: string; readonly resourceVersion?: string },
  signal: AbortSignal,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
  const action = actionOn('delete', ref);
  await transport.send({ method: 'DELETE', path: objectPath(ref), ...json(body), action }, signal);
}

/** The API server records this project as the owner of the fields that it writes (managedFields of server-side apply). */
export const FIELD_MANAGER = 'cdk8s-multisite';

/** Sends a write with our field manager. Resolves to the object after the write. */
async function write(
  transport: Transport,
  ref: CollectionRef,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { method, path } = request;
  const managed = { ...request, path: `${path}?fieldManager=${FIELD_MANAGER}` };
  return expectKind(ref, `${method} ${path}`, await transport.send(managed, signal));
}

function json(body: unknown) {
  return { contentType: 'application/json', body } as const;
}

/**
 * An answer of a load balancer or a portal must not look like an empty object. If we then wrote with an empty
 * resourceVersion, the API server would overwrite the real object.
 */
function expectKind({ resource }: CollectionRef, request: string, answer: unknown): KubeObject {
  const object = answer as KubeObject | null;
  const resourceVersion = object?.metadata?.resourceVersion;
  if (object?.kind === resource.kind && typeof resourceVersion === 'string' && resourceVersion !== '') {
    return object;
  }
  throw new UnreachableError(`${request}: the answer is not a ${resource.kind}`);
}
