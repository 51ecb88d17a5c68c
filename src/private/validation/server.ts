import { checkForm } from './values';

// This is the rule of runtime/kube (api-server.ts, host.ts), because the program must accept every address that passes
// here. Tests compare the two.

/** https://HOST[:PORT][/PATH]. A host in brackets is the first group, any other host is the second. */
const HTTPS_URL = /^https:\/\/(?:\[([^\]]*)\]|([^\s\p{Cc}\\@?#/:[\]]+))(?::\d+)?(?:\/[^\s\p{Cc}\\@?#]*)?$/u;

const IPV6 = /^[\da-f:.]+$/i;

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

const LABEL = '[a-z\\d_](?:[a-z\\d_-]{0,61}[a-z\\d_])?';
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'i');

/** JavaScript's `URL` reads such a host as an IPv4 address, for example 127.1. Readers of a kubeconfig do not. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/** Checks the address of an API server in a kubeconfig. */
export function checkServer(server: string): string[] {
  const hint =
    'give https://HOST[:PORT][/PATH], without user, query or fragment. An IPv6 host has brackets: https://[fd00::1]:6443. An IPv4 ' +
    'host is four decimal numbers. A name has no dot at its end.';
  return checkForm('server', server, { test: isServer }, hint);
}

function isServer(text: string): boolean {
  const [, ipv6, name = ''] = HTTPS_URL.exec(text) ?? [];
  const url = urlOf(text);
  if (url === undefined || url.port === '0') {
    return false;
  }
  // A name with characters beyond ASCII is looked up in its ASCII form.
  return isHost(ipv6 ?? (/[^ -~]/.test(name) ? url.hostname : name));
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Whether readers of a kubeconfig understand this host in the same way as JavaScript's `URL`. */
function isHost(host: string): boolean {
  return host.includes(':')
    ? IPV6.test(host)
    : IPV4.test(host) || (NAME.test(host) && !ENDS_IN_NUMBER.test(host));
}
