import { describe, expect, test } from 'vitest';
import { apiServerOf } from '../../../../runtime/kube/api-server.ts';
import { checkServer } from '../../../../src/private/validation/server.ts';
import { HOSTS } from '../../../support/hosts.ts';

describe('the address of an API server', () => {
  const taken = [
    'https://edge.example.com',
    'https://edge.example.com:6443',
    'https://10.0.0.1:6443/',
    'https://[fd00::1]:6443',
    'https://gateway.example.com/k8s/clusters/c-1',
    'https://münchen.example',
    'https://my_host',
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
    'https://192.0.514:6443',
    'https://192.000.002.002:6443',
    'https://3221225986:6443',
    'https://0xC0000202',
    'https://edge.0xc0',
    'https://edge.example.com.:6443',
    'https://-edge.example.com',
    'https://edge..example.com',
    'https://[fd00::1%25eth0]:6443',
    'https://[192.0.2.2]',
    'https://[fd00::\t1]',
    `https://${'a'.repeat(64)}.example`,
    `https://${'a.'.repeat(127)}a`,
  ];

  test.each(taken)('may be %j', (server) => {
    expect(checkServer(server)).toEqual([]);
  });

  test.each(refused)('may not be %j', (server) => {
    expect(checkServer(server)).toEqual([
      `server ${JSON.stringify(server)} is not valid: give https://HOST[:PORT][/PATH], without user, query or ` +
        'fragment. An IPv6 host has brackets: https://[fd00::1]:6443. An IPv4 host is four decimal numbers. A name has no dot ' +
        'at its end.',
    ]);
  });

  const ofHosts = HOSTS.map((host) => `https://${host.includes(':') ? `[${host}]` : host}:6443`);

  test.each([...taken, ...refused, ...ofHosts])('is judged as the program judges it: %j', (server) => {
    expect(checkServer(server).length === 0).toBe(apiServerOf(server, '') !== undefined);
  });

  test('may be a template, for Helm to fill in', () => {
    expect(checkServer('{{ .Values.server }}')).toEqual([]);
  });
});
