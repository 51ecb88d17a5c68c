import { isHost } from './host.ts';

/** The address and the CA of an API server. They are one pair, and never come from different sources. */
export interface ApiServer {
  /** The URL as in a kubeconfig, without a slash at the end. */
  readonly url: string;
  /** Host name or IP address, without the brackets of an IPv6 URL. */
  readonly host: string;
  readonly port: number;
  /** The prefix of every request's path. It is empty, except behind some gateways. */
  readonly basePath: string;
  /** CA certificates, PEM, without white space around them. */
  readonly ca: string;
  /** The name in the server's certificate. @default - the host */
  readonly tlsServerName?: string;
  /** URL of the proxy to the server. @default - none */
  readonly proxyUrl?: string;
}

/** The server at a host and a port. An IPv6 address gets the brackets that a URL needs (RFC 3986, section 3.2.2). */
export function apiServerAt(host: string, port: number, ca: string): ApiServer {
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url, host, port, basePath: '', ca };
}

/** https://HOST[:PORT][/PATH] and nothing else. JavaScript's `URL` corrects many mistakes that the readers of a kubeconfig do not correct. */
const HTTPS_URL =
  /^https:\/\/(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^\s\p{Cc}\\@?#/:[\]]+))(?::\d+)?(?:\/[^\s\p{Cc}\\@?#]*)?$/u;

/** The server of an https URL. Undefined if the text is not such a URL, or has more than host, port and path. */
export function apiServerOf(text: string, ca: string): ApiServer | undefined {
  const { ipv6, host = '' } = HTTPS_URL.exec(text)?.groups ?? {};
  if (!URL.canParse(text)) {
    return undefined;
  }
  const address = addressOf(new URL(text));
  // A name in another alphabet is looked up in its ASCII form.
  const written = ipv6 ?? (/[^ -~]/.test(host) ? address.host : host);
  if (address.port === 0 || !isHost(written)) {
    return undefined;
  }
  return { url: text.replace(/\/+$/, ''), ...address, ca };
}

/** Host, port and path of an https URL. */
export function addressOf({ hostname, port, pathname }: URL): Pick<ApiServer, 'host' | 'port' | 'basePath'> {
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 443 : Number(port),
    basePath: pathname.replace(/\/+$/, ''),
  };
}
