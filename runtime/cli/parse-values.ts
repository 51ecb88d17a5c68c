// Parsers for the values of flags and positionals. Each takes the text, and the name of the flag or positional for its messages.
import { isIP } from 'node:net';
import { usageFailure } from './failure.ts';
import type { Parse } from './values.ts';

/** Characters that YAML readers refuse, or treat as a line break, unless they are escaped (YAML 1.1, section 4.1.1). */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\uFEFF]/u;

/** A value for a message: on one line, and at most 80 characters. */
export function printable(value: string): string {
  return value.replace(new RegExp(UNPRINTABLE, 'gu'), '?').slice(0, 80);
}

/** Text that is not empty. */
export function parseText(value: string, name: string): string {
  if (value === '') {
    throw usageFailure(`${name} is empty`, `Give ${name} a value, or leave ${name} out.`);
  }
  return value;
}

/** The path of a file. Whether the file exists is not checked. */
export function parseFilePath(value: string, name: string): string {
  if (value === '') {
    throw usageFailure(`${name} is empty`, 'Name a file.');
  }
  return value;
}

/** One of several words. */
export function parseOneOf<T extends string>(words: readonly T[]): Parse<T> {
  return (value, name) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) {
      throw usageFailure(
        `${name} "${printable(value)}" is not known`,
        `It is ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`,
      );
    }
    return word;
  };
}

export function parseWholeNumber(least: number, most: number): Parse<number> {
  return (value, name) => {
    if (!/^\d{1,15}$/.test(value) || Number(value) < least || Number(value) > most) {
      throw usageFailure(
        `${name} "${printable(value)}" is not a number from ${least} to ${most}`,
        'Give a whole number, in digits.',
      );
    }
    return Number(value);
  };
}

export function parsePort(value: string, name: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535) {
    throw usageFailure(`${name} "${printable(value)}" is not a port`, 'Give a number from 1 to 65535.');
  }
  return Number(value);
}

export function parseIpAddress(value: string, name: string): string {
  if (isIP(value) === 0) {
    throw usageFailure(
      `${name} "${printable(value)}" is not an IP address`,
      'Give an IPv4 or IPv6 address, for example 127.0.0.1 or ::1.',
    );
  }
  return value;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds. */
export function parseDuration(value: string, name: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  const ms = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(ms)) {
    throw usageFailure(
      `${name} "${printable(value)}" is not a duration`,
      'Write a number with a unit: 500ms, 90s, 2m or 1h.',
    );
  }
  return ms;
}

/** Milliseconds that a timer can run for. */
export function parseTimer(minMs: number): Parse<number> {
  return (value, name) => {
    const ms = parseDuration(value, name);
    // The longest delay of setTimeout is 2^31 - 1 ms.
    if (ms < minMs || ms >= 2 ** 31) {
      throw usageFailure(
        `${name} "${printable(value)}" is too ${ms < minMs ? 'short' : 'long'}`,
        `Give a duration ${minMs === 0 ? 'of' : 'above 0 and'} less than 596h.`,
      );
    }
    return ms;
  };
}

/** Seconds, within the limits of the API server (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/). */
export function parseTokenLife(value: string, name: string): number {
  const seconds = Math.round(parseDuration(value, name) / 1000);
  if (seconds < 600 || seconds > 2 ** 32) {
    throw usageFailure(
      `${name} "${printable(value)}" is not a valid lifetime of a token`,
      'Give 10m or more. The API server may be configured with a maximum.',
    );
  }
  return seconds;
}

export function parseNamespace(value: string, name: string): string {
  if (value === '') {
    throw usageFailure(
      `${name} is empty`,
      'Give the name of a namespace. In a pod, use $(POD_NAMESPACE) from the downward API.',
    );
  }
  // RFC 1123 label, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
  if (value.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)) {
    throw usageFailure(
      `${name} "${printable(value)}" is not a namespace name`,
      'It has at most 63 lower-case letters, digits and dashes, and starts and ends with a letter or digit.',
    );
  }
  return value;
}

/** RFC 1123 subdomain, https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** @param kind the kind with its article, for example `a ConfigMap` */
export function parseObjectName(kind: string): Parse<string> {
  return (value, name) => {
    if (value.length > 253 || !SUBDOMAIN.test(value)) {
      throw usageFailure(
        `${name} "${printable(value)}" is not ${kind} name`,
        'It has at most 253 lower-case letters, digits, dashes and dots, and starts and ends with a letter or digit.',
      );
    }
    return value;
  };
}

/**
 * The key of a label, the name of a scheduling gate and the like.
 *
 * @param kind the kind with its article, for example `a label key`
 */
export function parseQualifiedName(kind: string): Parse<string> {
  return (value, name) => {
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    const [word = '', prefix, ...more] = value.split('/').reverse();
    const isWord = word.length <= 63 && /^[a-zA-Z0-9]([-._a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(word);
    const isPrefix = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
    if (!isWord || !isPrefix || more.length > 0) {
      throw usageFailure(
        `${name} "${printable(value)}" is not ${kind}`,
        'Write [PREFIX/]NAME: a name of at most 63 letters, digits, dashes, underscores and dots; the prefix is a DNS name.',
      );
    }
    return value;
  };
}

/** A key of a ConfigMap or a Secret. */
export function parseDataKey(value: string, name: string): string {
  // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
  if (value.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(value) || value === '.' || value.startsWith('..')) {
    throw usageFailure(
      `${name} "${printable(value)}" is not a key`,
      'A key has 1 to 253 letters, digits, dashes, underscores and dots. It is not a single dot, and does not begin with two dots.',
    );
  }
  return value;
}

/** A name inside a kubeconfig, which is free text. A name that a reader could not type on a command line is refused. */
export function parseEntryName(value: string, name: string): string {
  if (value.trim() !== value || value === '' || UNPRINTABLE.test(value)) {
    throw usageFailure(
      `${name} "${printable(value)}" is not a usable name`,
      `${name} must not be empty. It must not contain control characters or noncharacters, or start or end with white space.`,
    );
  }
  return value;
}
