import type { AuthInfo } from '../kubeconfig/client-config.ts';

/** The characters to escape: those that are not allowed in the name of a header, and the percent sign (RFC 9110, section 5.6.2). */
const TO_ESCAPE = /[^!#$&'*+\-.^`|~\w]/g;

/**
 * The headers by which a user acts as another one
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
 */
export function impersonationHeaders(user: AuthInfo): Record<string, string | string[]> {
  const { as, 'as-uid': uid, 'as-groups': groups = [], 'as-user-extra': extra = {} } = user;
  if (!as) {
    return {};
  }
  const headers: Record<string, string | string[]> = { 'Impersonate-User': bytes(as) };
  if (uid) {
    headers['Impersonate-Uid'] = bytes(uid);
  }
  if (groups.length > 0) {
    headers['Impersonate-Group'] = groups.map(bytes);
  }
  for (const [key, values = []] of Object.entries(extra)) {
    if (values.length > 0) {
      headers[`Impersonate-Extra-${escapeKey(key)}`] = values.map(bytes);
    }
  }
  return headers;
}

/** Whether a header can carry a value (RFC 9110, section 5.5). Go and Node refuse to send other values. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

function escapeKey(key: string): string {
  return bytes(key).replace(
    TO_ESCAPE,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The UTF-8 bytes, one character for each byte. node:http sends such a string unchanged. */
function bytes(text = ''): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
