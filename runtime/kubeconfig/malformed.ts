import { RefusedError } from './refused-error.ts';

const MEND = 'Repair it with `kubectl edit`, or remove the key to start from an empty document.';

/** For a document that is not one well-formed kubeconfig. */
export function malformed(why: string): RefusedError {
  return new RefusedError(`the existing document is malformed: ${why}`, MEND);
}
