import { ExitCode } from '../../cli/exit-code.ts';
import { Failure } from '../../cli/failure.ts';

/** What YAML readers refuse or take for a line break, written as it is (YAML 1.1, section 4.1.1). */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]/u;

export function usageFailure(message: string, hint: string): Failure {
  return new Failure(ExitCode.usage, message, hint);
}

export function namespace(value: string | undefined): string {
  if (value === undefined || value === '') {
    throw usageFailure(
      `--namespace is ${value === undefined ? 'missing' : 'empty'}`,
      'Say in which namespace the ConfigMap is: --namespace=NAMESPACE (in a pod: $(POD_NAMESPACE) from the downward API).',
    );
  }
  // RFC 1123 label, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
  if (value.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) {
    throw usageFailure(
      `--namespace "${printable(value)}" is not a namespace name`,
      'It has at most 63 lower-case letters, digits and dashes, and starts and ends with a letter or digit.',
    );
  }
  return value;
}

/** Names inside a kubeconfig are free text; what no reader could select on a command line is refused. */
export function entryName(flag: string, value: string): string {
  if (value.trim() !== value || value === '' || UNPRINTABLE.test(value)) {
    throw usageFailure(
      `${flag} "${printable(value)}" is not a usable name`,
      `${flag} must not be empty, hold control characters or noncharacters, or start or end with white space.`,
    );
  }
  return value;
}

/** @param what the kind of object, as in `a ConfigMap` */
export function objectName(flag: string, value: string, what: string): string {
  // RFC 1123 subdomain, as for namespace.
  const form = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  if (value.length > 253 || !form.test(value)) {
    throw usageFailure(
      `${flag} "${printable(value)}" is not ${what} name`,
      'It has at most 253 lower-case letters, digits, dashes and dots, and starts and ends with a letter or digit.',
    );
  }
  return value;
}

export function key(value: string): string {
  // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
  if (value.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(value) || value === '.' || value.startsWith('..')) {
    throw usageFailure(
      `--key "${printable(value)}" is not a key`,
      'It has 1 to 253 letters, digits, dashes, underscores and dots; it is not a dot alone, and does not begin with two.',
    );
  }
  return value;
}

export function filePath(flag: string, value: string): string {
  if (value === '') {
    throw usageFailure(`${flag} is empty`, 'Name a file.');
  }
  return value;
}

export function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535) {
    throw usageFailure(`--port "${printable(value)}" is not a port`, 'Give a number from 1 to 65535.');
  }
  return Number(value);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
export function duration(flag: string, value: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  const ms = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(ms)) {
    throw usageFailure(
      `${flag} "${printable(value)}" is not a duration`,
      'Write a number with a unit: 500ms, 90s, 2m or 1h.',
    );
  }
  return ms;
}

/** A duration that a timer can run for. */
export function timer(flag: string, value: string, minMs: number): number {
  const ms = duration(flag, value);
  // setTimeout knows no longer delay than 2^31 - 1 ms.
  if (ms < minMs || ms >= 2 ** 31) {
    throw usageFailure(
      `${flag} "${printable(value)}" is too ${ms < minMs ? 'short' : 'long'}`,
      `Give ${minMs === 0 ? '' : 'more than nothing, and '}less than 596h.`,
    );
  }
  return ms;
}

/** Seconds. What the API server takes (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/). */
export function expirationSeconds(value: string): number {
  const seconds = Math.round(duration('--expiration', value) / 1000);
  if (seconds < 600 || seconds > 2 ** 32) {
    throw usageFailure(
      `--expiration "${printable(value)}" is not a life that a token can have`,
      'The API server grants no less than 10m, and usually no more than it is configured for.',
    );
  }
  return seconds;
}

/** One of several words. */
export function oneOf<T extends string>(flag: string, value: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) {
    throw usageFailure(
      `${flag} "${printable(value)}" is not known`,
      `It is ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`,
    );
  }
  return word;
}

export function printable(value: string): string {
  return value.replace(new RegExp(UNPRINTABLE, 'gu'), '?').slice(0, 80);
}
