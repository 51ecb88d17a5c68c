/** In decimal, without leading zeros: some resolvers read a number with a leading zero in base 8. */
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

const LABEL = '[a-z\\d_](?:[a-z\\d_-]{0,61}[a-z\\d_])?';
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'i');

/** If the host of a URL ends like this, `URL` reads it as an IPv4 address in one of many forms (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)$/i;

/**
 * Whether a text is an IP address or a host name that the readers of a kubeconfig understand as we do. `URL` and the
 * resolvers know forms of addresses that Go does not know, such as 127.1. An IPv6 address has no brackets here, and no zone.
 */
export function isHost(text: string): boolean {
  if (text.includes(':')) {
    return /^[\da-f:.]+$/i.test(text) && URL.canParse(`https://[${text}]`);
  }
  return IPV4.test(text) || (NAME.test(text) && text.length <= 253 && !ENDS_IN_NUMBER.test(text));
}
