import type { StoredConfigMap } from '../kube/config-maps.ts';
import { RefusedError } from '../kubeconfig/refused-error.ts';

/** All values of a ConfigMap together (https://kubernetes.io/docs/concepts/configuration/configmap/#motivation). */
const MAX_BYTES = 1_048_576;

/** @throws RefusedError when the API server would not take any change of this key, or it would not be the one to change */
export function checkWritable(configMap: StoredConfigMap, key: string): void {
  if (configMap.immutable) {
    throw new RefusedError(
      'the ConfigMap is immutable',
      'Create it anew without `immutable: true`: nothing else makes it changeable again.',
    );
  }
  if (configMap.binaryData && key in configMap.binaryData) {
    throw new RefusedError(
      'the key is among its binaryData, where no text can be written',
      'Move the value to data, or name another key with --key.',
    );
  }
}

/** @throws RefusedError with the numbers, when the ConfigMap would become too large with this text under the key */
export function checkSize(configMap: StoredConfigMap, key: string, text: string): void {
  const { [key]: _, ...others } = configMap.data ?? {};
  const own = Buffer.byteLength(text);
  const rest =
    sum(Object.values(others).map((value) => Buffer.byteLength(value))) +
    sum(Object.values(configMap.binaryData ?? {}).map((value) => Buffer.byteLength(value, 'base64')));
  if (own + rest > MAX_BYTES) {
    throw new RefusedError(
      `the document would have ${own} bytes, and all keys together ${own + rest}, where a ConfigMap holds ${MAX_BYTES}`,
      'Remove sites that are gone, or keep some of them in another ConfigMap (--configmap).',
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
