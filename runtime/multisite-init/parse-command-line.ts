import { parseArgs } from 'node:util';
import { ExitCode } from '../cli/exit-code.ts';
import { Failure } from '../cli/failure.ts';
import type { LogFormat } from '../cli/log.ts';
import type { Options } from './options.ts';
import { DEFAULTS } from './usage.ts';

export type CommandLine =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly options: Options };

const SEE_HELP = 'Run `multisite-init --help` to see the flags.';

/** @throws Failure (exit code 2) naming the flag that is wrong and how it should be */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parseFlags(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  return {
    kind: 'run',
    options: {
      namespace: namespace(values.namespace),
      location: name('--location', values.location),
      user: name('--user', values.user),
      configMap: configMapName(values.configmap),
      key: key(values.key),
      timeoutMs: duration('--timeout', values.timeout),
      logFormat: logFormat(values['log-format']),
    },
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        namespace: { type: 'string', short: 'n' },
        location: { type: 'string', short: 'l', default: DEFAULTS.location },
        user: { type: 'string', short: 'u', default: DEFAULTS.user },
        configmap: { type: 'string', short: 'c', default: DEFAULTS.configmap },
        key: { type: 'string', short: 'k', default: DEFAULTS.key },
        timeout: { type: 'string', default: DEFAULTS.timeout },
        'log-format': { type: 'string', default: DEFAULTS['log-format'] },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
      },
    }).values;
  } catch (error) {
    // The first sentence says what is wrong; the rest explains positionals that this program does not have.
    const sentence = (error as Error).message.split(/\.\s|\n/)[0] ?? '';
    throw new Failure(ExitCode.usage, sentence.replace(/\.$/, ''), SEE_HELP);
  }
}

function namespace(value: string | undefined): string {
  if (value === undefined || value === '') {
    throw new Failure(
      ExitCode.usage,
      `--namespace is ${value === undefined ? 'missing' : 'empty'}`,
      'Say in which namespace the ConfigMap is: --namespace=NAMESPACE (in a pod: $(POD_NAMESPACE) from the downward API).',
    );
  }
  // RFC 1123 label, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
  if (value.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) {
    throw new Failure(
      ExitCode.usage,
      `--namespace "${printable(value)}" is not a namespace name`,
      'It has at most 63 lower-case letters, digits and dashes, and starts and ends with a letter or digit.',
    );
  }
  return value;
}

/** What YAML readers refuse or take for a line break, written as it is (YAML 1.1, section 4.1.1). */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]/u;

/** Names inside a kubeconfig are free text; what no reader could select on a command line is refused. */
function name(flag: string, value: string): string {
  if (value.trim() !== value || value === '' || UNPRINTABLE.test(value)) {
    throw new Failure(
      ExitCode.usage,
      `${flag} "${printable(value)}" is not a usable name`,
      `${flag} must not be empty, hold control characters or noncharacters, or start or end with white space.`,
    );
  }
  return value;
}

function configMapName(value: string): string {
  // RFC 1123 subdomain, as for namespace.
  if (
    value.length > 253 ||
    !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(value)
  ) {
    throw new Failure(
      ExitCode.usage,
      `--configmap "${printable(value)}" is not a ConfigMap name`,
      'It has at most 253 lower-case letters, digits, dashes and dots, and starts and ends with a letter or digit.',
    );
  }
  return value;
}

function key(value: string): string {
  // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
  if (value.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(value) || value === '.' || value.startsWith('..')) {
    throw new Failure(
      ExitCode.usage,
      `--key "${printable(value)}" is not a ConfigMap key`,
      'It has at most 253 letters, digits, dashes, underscores and dots.',
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(flag: string, value: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  const ms = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  // setTimeout knows no longer delay than 2^31 - 1 ms.
  if (!(ms > 0 && ms < 2 ** 31)) {
    throw new Failure(
      ExitCode.usage,
      `${flag} "${printable(value)}" is not a duration`,
      'Write a number with a unit: 500ms, 90s, 2m or 1h.',
    );
  }
  return ms;
}

function logFormat(value: string): LogFormat {
  if (value === 'text' || value === 'json') return value;
  throw new Failure(ExitCode.usage, `--log-format "${printable(value)}" is not known`, 'It is text or json.');
}

function printable(value: string): string {
  return value.replace(new RegExp(UNPRINTABLE, 'gu'), '?').slice(0, 80);
}
