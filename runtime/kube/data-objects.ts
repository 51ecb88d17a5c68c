import { isUtf8 } from 'node:buffer';
import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import type { Transport } from './transport.ts';
import { UnreachableError } from './unreachable-error.ts';

/** A ConfigMap or a Secret: an object that holds values under keys. */
export interface DataObjectRef {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
}

/** The object as the API server has it. */
export interface DataObject {
  readonly resourceVersion: string;
  readonly immutable: boolean;
  /** Of a Secret. */
  readonly type?: string | undefined;
  /** The values that are text. */
  readonly text: Readonly<Record<string, string>>;
  /** The values that are something else, in base64. */
  readonly binary: Readonly<Record<string, string>>;
}

/** What this project writes is its own to the API server too (server-side apply's managedFields). */
export const FIELD_MANAGER = 'cdk8s-multisite';

/** As in `configmap cloudify/multisite-kubeconfig-configmap`. */
export function describeRef({ kind, namespace, name }: DataObjectRef): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}

/** Of the object's kind, as RBAC names it. */
export function resourceOf({ kind }: DataObjectRef): string {
  return kind === 'ConfigMap' ? 'configmaps' : 'secrets';
}

/** @throws KubeError */
export async function getDataObject(
  transport: Transport,
  ref: DataObjectRef,
  timeoutMs: number,
): Promise<DataObject> {
  const path = pathOf(ref);
  return expectDataObject(ref, `GET ${path}`, await transport.send({ method: 'GET', path, timeoutMs }));
}

/**
 * Sets one key of an existing object and nothing else, if the object is still the one that was read.
 *
 * @throws ApiError with status 409 when it is not: somebody wrote in between
 * @throws KubeError
 */
export async function patchKey(
  transport: Transport,
  ref: DataObjectRef,
  key: string,
  value: string,
  resourceVersion: string,
  timeoutMs: number,
): Promise<DataObject> {
  const path = pathOf(ref);
  const written = ref.kind === 'ConfigMap' ? value : Buffer.from(value, 'utf8').toString('base64');
  const answer = await transport.send({
    method: 'PATCH',
    path: `${path}?fieldManager=${FIELD_MANAGER}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { resourceVersion }, data: { [key]: written } },
    timeoutMs,
  });
  return expectDataObject(ref, `PATCH ${path}`, answer);
}

/** What watches this one object, and no other of its kind. */
export function watchPath({ kind, namespace, name }: DataObjectRef): string {
  const selector = encodeURIComponent(`metadata.name=${name}`);
  const collection = pathOf({ kind, namespace, name: '' }).replace(/\/$/, '');
  return `${collection}?watch=true&allowWatchBookmarks=true&fieldSelector=${selector}`;
}

function pathOf(ref: DataObjectRef): string {
  const { namespace, name } = ref;
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resourceOf(ref)}/${encodeURIComponent(name)}`;
}

/**
 * Whatever else answers, a load balancer say, must never pass for an empty object: the API server takes a write with
 * an empty resourceVersion for one that nothing may stop.
 */
function expectDataObject(ref: DataObjectRef, request: string, answer: unknown): DataObject {
  const object = answer as (V1ConfigMap & V1Secret) | null;
  const resourceVersion = object?.metadata?.resourceVersion;
  const data = object?.data ?? {};
  const binaryData = object?.binaryData ?? {};
  const isOne =
    object?.kind === ref.kind &&
    typeof resourceVersion === 'string' &&
    resourceVersion !== '' &&
    areStrings(data) &&
    areStrings(binaryData);
  if (!isOne) {
    throw new UnreachableError(`${request}: the answer is not a ${ref.kind}`);
  }
  const { immutable = false, type } = object;
  const values = ref.kind === 'ConfigMap' ? { text: data, binary: binaryData } : decode(data);
  return { resourceVersion, immutable, type, ...values };
}

function areStrings(values: object): boolean {
  return Object.values(values).every((value) => typeof value === 'string');
}

/** A Secret keeps everything in base64, text or not. */
function decode(data: Readonly<Record<string, string>>): Pick<DataObject, 'text' | 'binary'> {
  const text = new Map<string, string>();
  const binary = new Map<string, string>();
  for (const [key, value] of Object.entries(data)) {
    const bytes = Buffer.from(value, 'base64');
    if (isUtf8(bytes)) {
      text.set(key, bytes.toString('utf8'));
    } else {
      binary.set(key, value);
    }
  }
  return { text: Object.fromEntries(text), binary: Object.fromEntries(binary) };
}
