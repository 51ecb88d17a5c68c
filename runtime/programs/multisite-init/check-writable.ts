import type { DataObject } from '../../kube/data-objects.ts';
import { RefusedError } from '../../kubeconfig/refused-error.ts';

/** All values of a ConfigMap or Secret together (https://kubernetes.io/docs/concepts/configuration/configmap/#motivation). */
const MAX_BYTES = 1_048_576;

/** @throws RefusedError when the API server would not take any change of this key, or it would not be the one to change */
export function checkWritable(kind: string, object: DataObject, key: string): void {
  if (object.immutable) {
    throw new RefusedError(
      `the ${kind} is immutable`,
      'Create it anew without `immutable: true`: nothing else makes it changeable again.',
    );
  }
  if (Object.hasOwn(object.binary, key)) {
    throw new RefusedError(
      kind === 'ConfigMap'
        ? 'the key is among its binaryData, where no text can be written'
        : 'the key holds bytes that are no text',
      'Move the value elsewhere, or name another key with --key.',
    );
  }
}

/** @throws RefusedError with the numbers, when the object would become too large with this text under the key */
export function checkSize(kind: string, object: DataObject, key: string, text: string): void {
  const { [key]: _, ...others } = object.text;
  const own = Buffer.byteLength(text);
  const rest =
    sum(Object.values(others).map((value) => Buffer.byteLength(value))) +
    sum(Object.values(object.binary).map((value) => Buffer.byteLength(value, 'base64')));
  if (own + rest > MAX_BYTES) {
    throw new RefusedError(
      `the document would have ${own} bytes, and all keys together ${own + rest}, where a ${kind} holds ${MAX_BYTES}`,
      `Remove sites that are gone, or keep some of them in another ${kind} (--${kind.toLowerCase()}).`,
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
