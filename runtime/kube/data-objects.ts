import { isUtf8 } from 'node:buffer';
import { UnreachableError } from './errors.ts';
import { getObject, type KubeObject, type ObjectRef, patchObject, type Resource } from './resource.ts';
import type { Transport } from './transport.ts';

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
  /** Only a Secret has a type. */
  readonly type?: string | undefined;
  /** The values that are UTF-8 text. */
  readonly text: Readonly<Record<string, string>>;
  /** All other values, in base64. */
  readonly binary: Readonly<Record<string, string>>;
}

const RESOURCES: Readonly<Record<DataObjectRef['kind'], Resource>> = {
  ConfigMap: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  Secret: { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
};

export function objectRef({ kind, namespace, name }: DataObjectRef): ObjectRef {
  return { resource: RESOURCES[kind], namespace, name };
}

/** The object for a message, for example `configmap cloudify/multisite-kubeconfig-configmap`. */
export function describeRef({ kind, namespace, name }: DataObjectRef): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}

/** @throws KubeError */
export async function getDataObject(
  transport: Transport,
  ref: DataObjectRef,
  signal: AbortSignal,
): Promise<DataObject> {
  return dataObject(ref, await getObject(transport, objectRef(ref), signal));
}

/**
 * Sets one key of an existing object and nothing else, if the object has not changed since it was read.
 *
 * @throws ApiError with code 409 if somebody else wrote in between
 * @throws KubeError
 */
export async function patchKey(
  transport: Transport,
  ref: DataObjectRef,
  key: string,
  value: string,
  resourceVersion: string,
  signal: AbortSignal,
): Promise<DataObject> {
  const written = ref.kind === 'ConfigMap' ? value : Buffer.from(value, 'utf8').toString('base64');
  const patch = { metadata: { resourceVersion }, data: { [key]: written } };
  return dataObject(
    ref,
    await patchObject(transport, objectRef(ref), 'application/merge-patch+json', patch, signal),
  );
}

function dataObject(ref: DataObjectRef, object: KubeObject): DataObject {
  const { metadata, data, binaryData, immutable = false, type } = object as StoredData;
  const values = { ...data, ...binaryData };
  if (!Object.values(values).every((value) => typeof value === 'string')) {
    throw new UnreachableError(`${describeRef(ref)}: the answer is not a ${ref.kind}`);
  }
  return {
    resourceVersion: metadata?.resourceVersion ?? '',
    immutable,
    type,
    ...(ref.kind === 'ConfigMap' ? { text: data ?? {}, binary: binaryData ?? {} } : decode(data ?? {})),
  };
}

/** The fields of both kinds, without their metadata. */
interface StoredData extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
  readonly type?: string;
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
