import { flagsOf } from '../../cli/command.ts';
import { usageFailure } from '../../cli/failure.ts';
import { LOG_FORMATS } from '../../cli/log.ts';
import {
  parseDataKey,
  parseEntryName,
  parseFilePath,
  parseNamespace,
  parseObjectName,
  parseOneOf,
  parsePort,
  parseText,
  parseTimer,
  parseTokenLife,
  printable,
} from '../../cli/parse-values.ts';
import type { Values } from '../../cli/values.ts';
import { apiServerOf } from '../../kube/api-server.ts';
import type { DataObjectRef } from '../../kube/data-objects.ts';
import { COMMAND, TOKEN_SOURCES } from './command.ts';
import type { CredentialOptions, Options } from './options.ts';

/** What the command line asks for. @throws Failure (exit code 2) with the wrong flag, and how to correct it */
export function readOptions(values: Values): Options {
  return {
    target: target(values),
    key: values.get('key', parseDataKey),
    location: values.get('location', parseEntryName),
    user: values.get('user', parseEntryName),
    credential: credential(values),
    server: server(values),
    verifyServer: !values.has('no-verify'),
    verify: values.has('verify'),
    targetCluster: targetCluster(values),
    watch: values.has('watch') ? { port: values.get('port', parsePort) } : undefined,
    dryRun: values.has('dry-run'),
    timeoutMs: values.get('timeout', parseTimer(1)),
    waitMs: values.get('wait', parseTimer(0)),
    logFormat: values.get('log-format', parseOneOf(LOG_FORMATS)),
  };
}

function target(values: Values): DataObjectRef {
  const namespace = values.get('namespace', parseNamespace);
  const secret = values.find('secret', parseObjectName('a Secret'));
  return secret === undefined
    ? { kind: 'ConfigMap', namespace, name: values.get('configmap', parseObjectName('a ConfigMap')) }
    : { kind: 'Secret', namespace, name: secret };
}

function credential(values: Values): CredentialOptions {
  const source = values.get('token-source', parseOneOf(TOKEN_SOURCES));
  switch (source) {
    case 'mounted':
      return { source };
    case 'request':
      needs(values, source, ['service-account']);
      return {
        source,
        serviceAccount: values.get('service-account', parseObjectName('a ServiceAccount')),
        expirationSeconds: values.find('expiration', parseTokenLife),
      };
    case 'secret':
      needs(values, source, ['token-secret']);
      return { source, secret: values.get('token-secret', parseObjectName('a Secret')) };
    case 'file':
      // --server is required here: otherwise the pod's own address would be written with a token of another cluster.
      needs(values, source, ['token-file', 'server', 'ca-file']);
      return { source, tokenFile: values.get('token-file', parseFilePath) };
  }
}

/** @throws Failure unless all these flags are given with the token source */
function needs(values: Values, source: string, flags: readonly string[]): void {
  const missing = flags.filter((flag) => !values.has(flag));
  if (missing.length === 0) {
    return;
  }
  const known = flagsOf(COMMAND);
  throw usageFailure(
    `--token-source=${source} needs ${inWords(flags.map((flag) => `--${flag}`))}`,
    `Give ${inWords(missing.map((flag) => `--${flag}=${known[flag]?.placeholder}`))}.`,
  );
}

function inWords(items: readonly string[]): string {
  return items.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

function server(values: Values): Options['server'] {
  const url = values.text('server');
  if (url === undefined) {
    return undefined;
  }
  const parsed = apiServerOf(url, '');
  if (parsed === undefined) {
    throw usageFailure(
      `--server "${printable(url.replace(/\/\/[^/]*@/, '//'))}" is not the address of an API server`,
      'Write https://HOST[:PORT][/PATH], and an IPv6 host in brackets: https://[fd00::1]:6443.',
    );
  }
  return { url: parsed.url, caFile: values.get('ca-file', parseFilePath) };
}

function targetCluster(values: Values): Options['targetCluster'] {
  const kubeconfig = values.find('target-kubeconfig', parseFilePath);
  return kubeconfig === undefined
    ? undefined
    : { kubeconfig, context: values.find('target-context', parseText) };
}
