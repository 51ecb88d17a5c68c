import { isHost } from './host.ts';

/** Where an API server is, and who vouches for it. The two are one pair, and never come from different sources. */
export interface ApiServer {
  /** As it stands in a kubeconfig, without a slash at its end. */
  readonly url: string;
  /** Host name or IP address, without the brackets of an IPv6 URL. */
  readonly host: string;
  readonly port: number;
  /** What comes before the path of every request: empty, but behind some gateways. */
  readonly basePath: string;
  /** CA certificates, PEM, surrounding white space removed. */
  readonly ca: string;
  /** The name that its certificate has. @default - the host */
  readonly tlsServerName?: string;
  /** URL of the proxy on the way. @default - none */
  readonly proxyUrl?: string;
}

/** The server at a host and a port; an IPv6 address gets the brackets that a URL wants (RFC 3986, section 3.2.2). */
export function apiServerAt(host: string, port: number, ca: string): ApiServer {
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { url, host, port, basePath: '', ca };
}

/** https://HOST[:PORT][/PATH] and nothing else: URL mends much that readers of a kubeconfig do not. */
const HTTPS_URL =
  /^https:\/\/(?:\[(?<ipv6>[^\]]*)\]|(?<host>[^\s\p{Cc}\\@?#/:[\]]+))(?::\d+)?(?:\/[^\s\p{Cc}\\@?#]*)?$/u;

/** The server of an https URL; undefined where the text is something else, or says more than where it is. */
export function apiServerOf(text: string, ca: string): ApiServer | undefined {
  const { ipv6, host = '' } = HTTPS_URL.exec(text)?.groups ?? {};
  if (!URL.canParse(text)) {
    return undefined;
  }
  const address = addressOf(new URL(text));
  // A name of another alphabet is looked up in its ASCII form.
  const written = ipv6 ?? (/[^ -~]/.test(host) ? address.host : host);
  if (address.port === 0 || !isHost(written)) {
    return undefined;
  }
  return { url: text.replace(/\/+$/, ''), ...address, ca };
}

/** Where an https URL leads. */
export function addressOf({ hostname, port, pathname }: URL): Pick<ApiServer, 'host' | 'port' | 'basePath'> {
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 443 : Number(port),
    basePath: pathname.replace(/\/+$/, ''),
  };
}
