import type { DataObject } from '../../kube/data-objects.ts';
import { RefusedError } from '../../kubeconfig/refused-error.ts';

/** Limit for all values of a ConfigMap or Secret together (https://kubernetes.io/docs/concepts/configuration/configmap/#motivation). */
const MAX_BYTES = 1_048_576;

/** @throws RefusedError if the API server refuses every change of this key, or if this key is not the right one to change */
export function checkWritable(kind: string, object: DataObject, key: string): void {
  if (object.immutable) {
    throw new RefusedError(
      `the ${kind} is immutable`,
      'Save a copy of it, delete it, and create it again without `immutable: true`: Kubernetes allows no other way.',
    );
  }
  if (Object.hasOwn(object.binary, key)) {
    throw new RefusedError(
      kind === 'ConfigMap'
        ? 'the key is in binaryData, where no text can be written'
        : 'the key holds bytes that are not text',
      'Move the value to another key, or give another key for the kubeconfig (--key).',
    );
  }
}

/** @throws RefusedError with the sizes, if the object would become too large with this text under the key */
export function checkSize(kind: string, object: DataObject, key: string, text: string): void {
  const { [key]: _, ...others } = object.text;
  const own = Buffer.byteLength(text);
  const rest =
    sum(Object.values(others).map((value) => Buffer.byteLength(value))) +
    sum(Object.values(object.binary).map((value) => Buffer.byteLength(value, 'base64')));
  if (own + rest > MAX_BYTES) {
    throw new RefusedError(
      `the document would have ${own} bytes, and all keys together ${own + rest}; a ${kind} holds at most ${MAX_BYTES} bytes`,
      `Remove sites that do not exist any more, or keep some sites in another ${kind} (--${kind.toLowerCase()}).`,
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
