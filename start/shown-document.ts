import { parseKubeconfig } from './written-kubeconfig.ts';

const CA_CHARACTERS = 12;

/**
 * A kubeconfig as it may be shown: without tokens, and with CA certificates cut short. Unlike the diff of `--dry-run` it shows
 * comments, so it is for documents whose comments are known.
 *
 * @throws if a token is not found as it is written, which could show it
 */
export function shownDocument(text: string): string {
  const kubeconfig = parseKubeconfig(text);
  let shown = text;
  for (const { name, token } of kubeconfig.getUsers()) {
    if (token === undefined) {
      continue;
    }
    if (!shown.includes(token)) {
      throw new Error(`the token of user ${name} is not written in one piece`);
    }
    shown = shown.replaceAll(token, '(redacted)');
  }
  for (const { caData } of kubeconfig.getClusters()) {
    if (caData !== undefined) {
      shown = shown.replaceAll(caData, `${caData.slice(0, CA_CHARACTERS)}… (${caData.length} characters)`);
    }
  }
  return shown;
}
