import { describe, expect, test } from 'vitest';
import { apiServerOf } from '../../../../runtime/kube/api-server.ts';
import { checkFileName, checkServer } from '../../../../src/private/validation/values.ts';

describe('the address of an API server', () => {
  const taken = [
    'https://edge.example.com',
    'https://edge.example.com:6443',
    'https://10.0.0.1:6443/',
    'https://[fd00::1]:6443',
    'https://gateway.example.com/k8s/clusters/c-1',
  ];
  const refused = [
    '',
    'edge.example.com:6443',
    'http://edge.example.com',
    'HTTPS://edge.example.com',
    'https://',
    'https:///path',
    'https://user@edge.example.com',
    'https://user:password@edge.example.com',
    'https://edge.example.com?a=b',
    'https://edge.example.com/#a',
    'https://edge.example.com/a@b',
    'https://edge.example.com\\a',
    'https://edge.example.com:0',
    'https://edge.example.com:65536',
    'https://fd00::1',
    'https://edge example.com',
    'https://edge.example.com\n',
    ' https://edge.example.com',
    'https://edge.example.com/\u0085',
  ];

  test.each(taken)('may be %j', (server) => {
    expect(checkServer(server)).toEqual([]);
  });

  test.each(refused)('may not be %j', (server) => {
    expect(checkServer(server)).toEqual([
      `server ${JSON.stringify(server)} is not valid: give https://HOST[:PORT][/PATH], without user, query or ` +
        'fragment; an IPv6 host has brackets: https://[fd00::1]:6443.',
    ]);
  });

  test.each([...taken, ...refused])('is judged as the program judges it: %j', (server) => {
    expect(checkServer(server).length === 0).toBe(apiServerOf(server, '') !== undefined);
  });

  test('may be a template, for Helm to fill in', () => {
    expect(checkServer('{{ .Values.server }}')).toEqual([]);
  });
});

describe('a file within a volume', () => {
  function mistakesOfFile(file: string): string[] {
    return checkFileName('tokenFile', file);
  }

  test.each(['token', 'ca.crt', '..data', '...', 'edge/token', 'edge 01', 'a/..b/c', '{{ .Values.file }}'])(
    'may be %j',
    (file) => {
      expect(mistakesOfFile(file)).toEqual([]);
    },
  );

  test.each([
    '',
    '/token',
    'edge/',
    '.',
    '..',
    './token',
    '../token',
    'edge/../token',
    'edge/..',
    '\u2028/../token',
    'to\nken',
    'token\u0000',
  ])('may not be %j', (file) => {
    expect(mistakesOfFile(file)).toEqual([
      `tokenFile ${JSON.stringify(file)} is not valid: give the path of a file within the volume, like "token" ` +
        'or "edge/token", without "..".',
    ]);
  });
});
