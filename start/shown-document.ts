import { parseKubeconfig } from './written-kubeconfig.ts';

const CA_CHARACTERS = 12;

/**
 * A kubeconfig without tokens and with shortened CA certificates. Unlike the diff of `--dry-run` it has the comments,
 * so use it only for documents whose comments are known.
 *
 * @throws if the text of a token is not found, because the token could then be shown
 */
export function shownDocument(text: string): string {
  const kubeconfig = parseKubeconfig(text);
  let shown = text;
  for (const { name, token } of kubeconfig.getUsers()) {
    if (token === undefined) {
      continue;
    }
    if (!shown.includes(token)) {
      throw new Error(
        `the token of user ${name} cannot be hidden: the kubeconfig does not have it in one piece`,
      );
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
