import { parseArgs } from 'node:util';
import type { LogFormat } from '../../cli/log.ts';
import { apiServerOf } from '../../kube/api-server.ts';
import type { DataObjectRef } from '../../kube/data-objects.ts';
import {
  entryName,
  expirationSeconds,
  filePath,
  key,
  namespace,
  objectName,
  oneOf,
  port,
  printable,
  timer,
  usageFailure,
} from './flag-values.ts';
import type { CredentialOptions, Options } from './options.ts';
import { DEFAULTS } from './usage.ts';

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: Options };

/** As parseArgs wants them; --help explains each. */
export const FLAGS = {
  namespace: { type: 'string', short: 'n' },
  location: { type: 'string', short: 'l', default: DEFAULTS.location },
  user: { type: 'string', short: 'u', default: DEFAULTS.user },
  configmap: { type: 'string', short: 'c' },
  key: { type: 'string', short: 'k', default: DEFAULTS.key },
  secret: { type: 'string' },
  'token-source': { type: 'string', default: DEFAULTS['token-source'] },
  'service-account': { type: 'string' },
  expiration: { type: 'string' },
  'token-secret': { type: 'string' },
  'token-file': { type: 'string' },
  server: { type: 'string' },
  'ca-file': { type: 'string' },
  'no-verify': { type: 'boolean' },
  'target-kubeconfig': { type: 'string' },
  'target-context': { type: 'string' },
  watch: { type: 'boolean' },
  port: { type: 'string' },
  verify: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  timeout: { type: 'string', default: DEFAULTS.timeout },
  wait: { type: 'string', default: DEFAULTS.wait },
  'log-format': { type: 'string', default: DEFAULTS['log-format'] },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

const SEE_HELP = 'Run `multisite-init --help` to see the flags.';

/** @throws Failure (exit code 2) naming the flag that is wrong and how it should be */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const flags = parseFlags(args);
  if (flags.help) {
    return { kind: 'help' };
  }
  if (flags.version) {
    return { kind: 'version' };
  }
  refuseContradictions(flags);
  return {
    kind: 'run',
    options: {
      target: target(flags),
      key: key(flags.key),
      location: entryName('--location', flags.location),
      user: entryName('--user', flags.user),
      credential: credential(flags),
      server: server(flags),
      verifyServer: flags['no-verify'] !== true,
      verify: flags.verify === true,
      targetCluster: targetCluster(flags),
      watch: flags.watch ? { port: port(flags.port ?? DEFAULTS.port) } : undefined,
      dryRun: flags['dry-run'] === true,
      timeoutMs: timer('--timeout', flags.timeout, 1),
      waitMs: timer('--wait', flags.wait, 0),
      logFormat: oneOf<LogFormat>('--log-format', flags['log-format'], ['text', 'json']),
    },
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: FLAGS,
    }).values;
  } catch (error) {
    // The first sentence says what is wrong; the rest explains positionals that this program does not have.
    const sentence = (error as Error).message.split(/\.\s|\n/)[0] ?? '';
    throw usageFailure(sentence.replace(/\.$/, ''), SEE_HELP);
  }
}

type Flags = ReturnType<typeof parseFlags>;

function refuseContradictions(flags: Flags): void {
  const exclusive: readonly (readonly [keyof Flags, keyof Flags])[] = [
    ['configmap', 'secret'],
    ['watch', 'dry-run'],
    ['verify', 'dry-run'],
  ];
  for (const [one, other] of exclusive) {
    if (flags[one] !== undefined && flags[other] !== undefined) {
      throw usageFailure(`--${one} and --${other} exclude each other`, 'Give one of them.');
    }
  }
  const companions: readonly (readonly [keyof Flags, keyof Flags])[] = [
    ['server', 'ca-file'],
    ['ca-file', 'server'],
    ['no-verify', 'server'],
    ['target-context', 'target-kubeconfig'],
    ['port', 'watch'],
  ];
  for (const [flag, companion] of companions) {
    if (flags[flag] !== undefined && flags[companion] === undefined) {
      throw usageFailure(`--${flag} says nothing without --${companion}`, `Give --${companion} too.`);
    }
  }
}

function target(flags: Flags): DataObjectRef {
  const inNamespace = namespace(flags.namespace);
  if (flags.secret !== undefined) {
    return { kind: 'Secret', namespace: inNamespace, name: objectName('--secret', flags.secret, 'a Secret') };
  }
  const name = objectName('--configmap', flags.configmap ?? DEFAULTS.configmap, 'a ConfigMap');
  return { kind: 'ConfigMap', namespace: inNamespace, name };
}

/** The flags of each token source. */
const SOURCES = {
  mounted: [],
  request: ['service-account', 'expiration'],
  secret: ['token-secret'],
  file: ['token-file'],
} as const;

function credential(flags: Flags): CredentialOptions {
  const words = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
  const source = oneOf('--token-source', flags['token-source'], words);
  for (const other of words) {
    const stray = SOURCES[other].find((flag) => other !== source && flags[flag] !== undefined);
    if (stray !== undefined) {
      throw usageFailure(`--${stray} is for --token-source=${other}`, `The token source is ${source}.`);
    }
  }
  switch (source) {
    case 'mounted':
      return { source };
    case 'request': {
      const { expiration } = flags;
      return {
        source,
        serviceAccount: objectName('--service-account', needed(flags, 'service-account'), 'a ServiceAccount'),
        expirationSeconds: expiration === undefined ? undefined : expirationSeconds(expiration),
      };
    }
    case 'secret':
      return { source, secret: objectName('--token-secret', needed(flags, 'token-secret'), 'a Secret') };
    case 'file':
      return { source, tokenFile: filePath('--token-file', tokenFileOf(flags)) };
  }
}

function needed(flags: Flags, flag: 'service-account' | 'token-secret'): string {
  const value = flags[flag];
  if (value !== undefined) {
    return value;
  }
  throw usageFailure(`--token-source=${flags['token-source']} needs --${flag}`, SEE_HELP);
}

/** Not without an address: the pod's own would be paired with the CA of whatever the token is for. */
function tokenFileOf({ 'token-file': tokenFile, server, 'ca-file': caFile }: Flags): string {
  if (tokenFile !== undefined && server !== undefined && caFile !== undefined) {
    return tokenFile;
  }
  throw usageFailure('--token-source=file needs --token-file, --server and --ca-file', SEE_HELP);
}

function server(flags: Flags): Options['server'] {
  const { server: url, 'ca-file': caFile } = flags;
  if (url === undefined || caFile === undefined) {
    return undefined;
  }
  const parsed = apiServerOf(url, '');
  if (parsed === undefined) {
    throw usageFailure(
      `--server "${printable(url.replace(/\/\/[^/]*@/, '//'))}" is not the address of an API server`,
      'Write https://HOST[:PORT][/PATH]; an IPv6 host has brackets: https://[fd00::1]:6443.',
    );
  }
  return { url: parsed.url, caFile: filePath('--ca-file', caFile) };
}

function targetCluster(flags: Flags): Options['targetCluster'] {
  const { 'target-kubeconfig': kubeconfig, 'target-context': context } = flags;
  if (context === '') {
    throw usageFailure('--target-context is empty', 'Name a context of the file.');
  }
  return kubeconfig === undefined
    ? undefined
    : { kubeconfig: filePath('--target-kubeconfig', kubeconfig), context };
}
