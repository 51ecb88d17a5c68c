import { RefusedError } from './refused-error.ts';

const HINT =
  'Put back a copy, or repair it with `kubectl edit`. Without the key the program starts anew, and the other sites are lost.';

/** For a document that is not one well-formed kubeconfig. */
export function malformed(why: string): RefusedError {
  return new RefusedError(`the existing document is malformed: ${why}`, HINT);
}
