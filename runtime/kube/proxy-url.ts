/** A scheme that client-go knows, a host, and no characters that `URL` would drop. */
const PROXY_URL = /^(?:https?|socks5):\/\/[^\s\p{Cc}]+$/iu;

/**
 * The URL of a cluster's proxy. Undefined if client-go would not use it
 * (https://github.com/kubernetes/client-go/blob/v0.37.1/tools/clientcmd/helpers.go, parseProxyURL).
 */
export function parseProxyUrl(text: string): URL | undefined {
  if (!PROXY_URL.test(text) || !URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  return url.hostname !== '' && isDecodable(url.username) && isDecodable(url.password) ? url : undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
