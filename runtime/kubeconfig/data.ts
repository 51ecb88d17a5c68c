import { type KubeconfigDocument, malformed, parseKubeconfig, type Section } from './document.ts';
import { RefusedError } from './refused-error.ts';

/** A kubeconfig as data. */
export type Data = {
  [section in Section]?: { name: string; [key: string]: unknown }[] | null;
} & { [key: string]: unknown };

/** The document as data that shares nothing, so that a change in one place shows in one place. */
export function plainData(document: KubeconfigDocument): Data {
  try {
    return JSON.parse(JSON.stringify(document.yaml.toJS())) as Data;
  } catch {
    throw malformed('its aliases cannot be resolved');
  }
}

/** The last word before anything is written: the new text must mean what was intended, and nothing else. */
export function expectReadsAs(text: string, expected: Data): void {
  let read: Data | undefined;
  try {
    const document = parseKubeconfig(text);
    read = document && plainData(document);
  } catch {
    // Says less than the refusal below.
  }
  if (JSON.stringify(read) !== JSON.stringify(expected)) {
    throw new RefusedError(
      'the existing document has a form that could not be changed safely',
      'Please report its form (without tokens) as a bug; rewritten by `kubectl config view --raw` it will do.',
    );
  }
}
