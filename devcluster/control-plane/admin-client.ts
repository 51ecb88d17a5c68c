import { request } from 'node:https';
import type { Certificates } from './certificates.ts';

/** The time limit for a request. */
const REQUEST_TIMEOUT_MS = 2000;

export interface Response {
  readonly status: number | undefined;
  readonly body: string;
}

/** GETs a path of the API server on loopback as the admin, over TLS verified with our own authority alone. */
export type AdminGet = (path: string, signal: AbortSignal) => Promise<Response>;

export function adminClient(host: string, port: number, { ca, admin }: Certificates): AdminGet {
  return (path, signal) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
    const tls = { ca, cert: admin.certificate, key: admin.key };
    return new Promise((resolve, reject) => {
      request({ host, port, path, ...tls, signal: either, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode, body }));
      })
        .on('error', reject)
        .end();
    });
  };
}

/** Whether the API server answers a GET of the path. */
export async function isThere(get: AdminGet, path: string, signal: AbortSignal): Promise<boolean> {
  return get(path, signal).then(
    ({ status }) => status === 200,
    () => false,
  );
}
