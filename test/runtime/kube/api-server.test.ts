import { expect, test } from 'vitest';
import { apiServerAt, apiServerOf } from '../../../runtime/kube/api-server.ts';

test.each([
  ['10.0.0.1', 'https://10.0.0.1:6443'],
  ['kubernetes.default.svc', 'https://kubernetes.default.svc:6443'],
  ['fd00::1', 'https://[fd00::1]:6443'],
])('the URL of host %s is %s', (host, url) => {
  expect(apiServerAt(host, 6443, 'ca')).toEqual({ url, host, port: 6443, basePath: '', ca: 'ca' });
});

test.each([
  ['https://api.example:6443', { host: 'api.example', port: 6443, basePath: '' }],
  ['https://api.example', { host: 'api.example', port: 443, basePath: '' }],
  ['https://API.example_1', { host: 'api.example_1', port: 443, basePath: '' }],
  ['https://bücher.example', { host: 'xn--bcher-kva.example', port: 443, basePath: '' }],
  ['https://[fd00::1]:6443', { host: 'fd00::1', port: 6443, basePath: '' }],
  ['https://gateway.example/clusters/a', { host: 'gateway.example', port: 443, basePath: '/clusters/a' }],
])('%s says where the server is', (url, parts) => {
  expect(apiServerOf(url, 'ca')).toEqual({ url, ca: 'ca', ...parts });
});

test('a slash at the end says nothing', () => {
  expect(apiServerOf('https://api.example/', 'ca')).toMatchObject({
    url: 'https://api.example',
    basePath: '',
  });
});

test.each([
  'api.example',
  'http://api.example',
  'https://',
  'https://fd00::1:6443',
  'https://me:secret@api.example',
  'https://api.example?a=b',
  'https://api.example#top',
  'https://api.example:99999',
  'https://api.example:0',
  'https:///api.example:6443',
  'https:api.example:6443',
  'https:/api.example:6443',
  'https:\\\\api.example:6443',
  'https://api.example\\a',
  ' https://api.example',
  'https://api.example ',
  'https://api.example/a b',
  'https://api.exam\nple',
  'https://api.example\n',
  'https://api.example/\u0001',
  'https://@api.example',
  'https://api.example?',
  'https://api.example#',
  'https://api.example.',
  'https://192.000.002.002:6443',
  'https://192.0.514',
  'https://3221225986',
  'https://0xC0000202',
  'https://192.0.2.0x02',
  'https://192.0.2.2.',
  'https://256.0.0.1',
  'https://%61pi.example',
  'https://-a.example',
  'https://a..example',
  'https://*.example',
  'https://[::1%25lo]',
  'https://[::1',
  'https://api.example:',
  '',
])('%j is not the address of an API server', (url) => {
  expect(apiServerOf(url, 'ca')).toBeUndefined();
});
