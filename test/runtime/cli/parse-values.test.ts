import { describe, expect, test } from 'vitest';
import {
  parseDataKey,
  parseDuration,
  parseEntryName,
  parseFilePath,
  parseIpAddress,
  parseNamespace,
  parseObjectName,
  parseOneOf,
  parsePort,
  parseQualifiedName,
  parseText,
  parseTimer,
  parseTokenLife,
  parseWholeNumber,
} from '../../../runtime/cli/parse-values.ts';
import type { Parse } from '../../../runtime/cli/values.ts';

const CONFIG_MAP = parseObjectName('a ConfigMap');
const LABEL = parseQualifiedName('a label key');
const COLOUR = parseOneOf(['red', 'green', 'blue']);

describe('takes', () => {
  test.each<[Parse<unknown>, string, unknown]>([
    [parsePort, '1', 1],
    [parsePort, '65535', 65_535],
    [parseIpAddress, '127.0.0.1', '127.0.0.1'],
    [parseIpAddress, '::1', '::1'],
    [parseDuration, '500ms', 500],
    [parseDuration, '1.5s', 1500],
    [parseDuration, '0h', 0],
    [parseTimer(0), '0s', 0],
    [parseTimer(1), '2m', 120_000],
    [parseTokenLife, '10m', 600],
    [parseWholeNumber(0, 9999), '9999', 9999],
    [parseNamespace, 'a-1', 'a-1'],
    [CONFIG_MAP, 'a.b-1', 'a.b-1'],
    [LABEL, 'a', 'a'],
    [LABEL, 'k8s.opsani.io/initializer', 'k8s.opsani.io/initializer'],
    [LABEL, 'a.b/A_b.c-9', 'a.b/A_b.c-9'],
    [parseDataKey, 'ca.crt', 'ca.crt'],
    [parseEntryName, 'São Paulo / 2', 'São Paulo / 2'],
    [parseFilePath, '/a b', '/a b'],
    [parseText, ' ', ' '],
    [COLOUR, 'green', 'green'],
  ])('%o %j', (parse, text, value) => {
    expect(parse(text, '--flag')).toBe(value);
  });
});

describe('refuses, by the name that it is told', () => {
  test.each<[Parse<unknown>, string, string]>([
    [parsePort, '0', 'is not a port'],
    [parsePort, '65536', 'is not a port'],
    [parsePort, '8o', 'is not a port'],
    [parseIpAddress, 'localhost', 'is not an IP address'],
    [parseIpAddress, '127.0.0.1:80', 'is not an IP address'],
    [parseDuration, '5', 'is not a duration'],
    [parseDuration, '-1s', 'is not a duration'],
    [parseTimer(1), '0s', 'is too short'],
    [parseTimer(0), '597h', 'is too long'],
    [parseTokenLife, '9m', 'is not a valid lifetime of a token'],
    [parseWholeNumber(8, 99), '7', 'is not a number from 8 to 99'],
    [parseWholeNumber(8, 99), '100', 'is not a number from 8 to 99'],
    [parseWholeNumber(8, 99), '9.5', 'is not a number from 8 to 99'],
    [parseNamespace, 'A', 'is not a namespace name'],
    [parseNamespace, 'a'.repeat(64), 'is not a namespace name'],
    [CONFIG_MAP, 'a_b', 'is not a ConfigMap name'],
    ...[
      ...['', '/', 'a/', '/a', 'a/b/c', 'A/b', 'a_b/c', 'a=b', 'a b', '-a', 'a.', 'ä'],
      ...['a'.repeat(64), `${'a.'.repeat(127)}a/b`],
    ].map((key): [Parse<unknown>, string, string] => [LABEL, key, 'is not a label key']),
    [parseDataKey, '..a', 'is not a key'],
    [parseEntryName, 'a ', 'is not a usable name'],
    [COLOUR, 'pink', 'is not known'],
  ])('%o %j', (parse, text, message) => {
    expect(() => parse(text, '--flag')).toThrow(
      expect.objectContaining({ exitCode: 2, message: `--flag "${text.slice(0, 80)}" ${message}` }),
    );
  });

  test.each<[Parse<unknown>]>([[parseNamespace], [parseFilePath], [parseText]])('%o, nothing', (parse) => {
    expect(() => parse('', 'FILE')).toThrow(
      expect.objectContaining({ exitCode: 2, message: 'FILE is empty' }),
    );
  });

  test('and shows no control characters, and not too much', () => {
    expect(() => parsePort(`a\n\u001b[1m${'x'.repeat(100)}`, '--port')).toThrow(
      `--port "a??[1m${'x'.repeat(74)}" is not a port`,
    );
  });
});
