import { describe, expect, test } from 'vitest';
import packageJson from '../../../../package.json' with { type: 'json' };
import runtimePackageJson from '../../../../runtime/package.json' with { type: 'json' };
import { optionsOf } from '../../../support/options-of.ts';

describe('the command line', () => {
  test('needs the namespace alone', () => {
    expect(optionsOf('--namespace', 'cloudify')).toEqual({
      target: { kind: 'ConfigMap', namespace: 'cloudify', name: 'multisite-kubeconfig-configmap' },
      key: 'kubeconfig',
      location: 'central',
      user: 'user00',
      credential: { source: 'mounted' },
      server: undefined,
      verifyServer: true,
      verify: false,
      targetCluster: undefined,
      watch: undefined,
      dryRun: false,
      timeoutMs: 60_000,
      waitMs: 10_000,
      logFormat: 'text',
    });
  });

  test('takes the five flags of the original, in each of their forms', () => {
    const target = { kind: 'ConfigMap', namespace: 'n', name: 'c' };
    const expected = { target, location: 'l', user: 'u', key: 'k' };
    for (const args of [
      ['--namespace', 'n', '--location', 'l', '--user', 'u', '--configmap', 'c', '--key', 'k'],
      ['--namespace=n', '--location=l', '--user=u', '--configmap=c', '--key=k'],
      ['-n', 'n', '-l', 'l', '-u', 'u', '-c', 'c', '-k', 'k'],
      ['-nn', '-ll', '-uu', '-cc', '-kk'],
    ]) {
      expect(optionsOf(...args)).toMatchObject(expected);
    }
  });

  test.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('--timeout %s', (text, ms) => {
    expect(optionsOf('-n', 'n', '--timeout', text)).toMatchObject({ timeoutMs: ms });
  });

  test.each(['0s', '-1s', '5', 'forever', '1000h', ''])('--timeout %j is refused', (text) => {
    expect(() => optionsOf('-n', 'n', `--timeout=${text}`)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

test('a mistyped flag is refused, with the one that is meant', () => {
  expect(() => optionsOf('-n', 'n', '--locaton=berlin')).toThrow(
    expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('Did you mean --location?') }),
  );
});

test('a flag that is given twice is refused, also in two forms', () => {
  for (const again of [['-n', 'x'], ['--namespace=n']]) {
    expect(() => optionsOf('-n', 'n', ...again)).toThrow(
      expect.objectContaining({ exitCode: 2, message: '--namespace is given more than once' }),
    );
  }
});

test.each(['\uFFFE', '\uFFFF', 'a\uFEFFb', '\uD800', 'a\u0085b', '\u{1FFFE}'])(
  'the name %j is refused',
  (name) => {
    for (const flag of ['location', 'user']) {
      expect(() => optionsOf('-n', 'n', `--${flag}=${name}`)).toThrow(
        expect.objectContaining({ exitCode: 2 }),
      );
    }
  },
);

describe('what the flags of a group come to', () => {
  const server = ['--server=https://api.example:6443/', '--ca-file=/ca.crt'];

  test.each<[string[], object]>([
    [['--secret=s'], { target: { kind: 'Secret', namespace: 'n', name: 's' } }],
    [['--token-source=mounted'], { credential: { source: 'mounted' } }],
    [
      ['--token-source=request', '--service-account=a'],
      { credential: { source: 'request', serviceAccount: 'a', expirationSeconds: undefined } },
    ],
    [
      ['--token-source=request', '--service-account=a', '--expiration=1.5h'],
      { credential: { source: 'request', serviceAccount: 'a', expirationSeconds: 5400 } },
    ],
    [['--token-source=secret', '--token-secret=s'], { credential: { source: 'secret', secret: 's' } }],
    [
      ['--token-source=file', '--token-file=/t', ...server],
      { credential: { source: 'file', tokenFile: '/t' }, verifyServer: true },
    ],
    [server, { server: { url: 'https://api.example:6443', caFile: '/ca.crt' } }],
    [[...server, '--no-verify'], { verifyServer: false, verify: false }],
    [['--verify'], { verifyServer: true, verify: true }],
    [['--target-kubeconfig=/k'], { targetCluster: { kubeconfig: '/k', context: undefined } }],
    [['--target-kubeconfig=/k', '--target-context=c'], { targetCluster: { kubeconfig: '/k', context: 'c' } }],
    [['--watch'], { watch: { port: 9779 } }],
    [['--watch', '--port=80', '--verify'], { watch: { port: 80 }, verify: true }],
    [['--dry-run'], { dryRun: true }],
    [['--wait=0s', '--log-format=json'], { waitMs: 0, logFormat: 'json' }],
  ])('%j', (args, options) => {
    expect(optionsOf('-n', 'n', ...args)).toMatchObject(options);
  });
});

describe('is refused:', () => {
  const request = '--token-source=request';
  const server = ['--server=https://a', '--ca-file=/ca.crt'];
  const file = ['--token-source=file', '--token-file=/t'];

  test.each<[string[], string]>([
    // What excludes each other.
    [['--configmap=a', '--secret=b'], '--configmap and --secret exclude each other'],
    [['--watch', '--dry-run'], '--watch and --dry-run exclude each other'],
    [['--verify', '--dry-run'], '--verify and --dry-run exclude each other'],
    // What needs another.
    [['--server=https://a'], '--server needs --ca-file'],
    [['--ca-file=/a'], '--ca-file needs --server'],
    [['--no-verify'], '--no-verify needs --server'],
    [['--target-context=a'], '--target-context needs --target-kubeconfig'],
    [['--port=80'], '--port needs --watch'],
    // What a token source needs.
    [[request], '--token-source=request needs --service-account'],
    [['--token-source=secret'], '--token-source=secret needs --token-secret'],
    [['--token-source=file', ...server], '--token-source=file needs --token-file, --server and --ca-file'],
    [file, '--token-source=file needs --token-file, --server and --ca-file'],
    // What is for another one.
    [['--service-account=a'], '--service-account needs --token-source=request'],
    [['--expiration=1h'], '--expiration needs --token-source=request'],
    [['--token-secret=a'], '--token-secret needs --token-source=secret'],
    [['--token-file=/a'], '--token-file needs --token-source=file'],
    [[...file, ...server, '--expiration=1h'], '--expiration needs --token-source=request'],
    [[request, '--service-account=a', '--token-secret=b'], '--token-secret needs --token-source=secret'],
    // What has a form.
    [['--token-source=magic'], '--token-source "magic" is not known'],
    [[request, '--service-account=A'], '--service-account "A" is not a ServiceAccount name'],
    [[request, '--service-account='], '--service-account "" is not a ServiceAccount name'],
    [[request, '--service-account=a', '--expiration=9m'], '--expiration "9m" is not a valid lifetime'],
    [['--token-source=secret', '--token-secret=a_b'], '--token-secret "a_b" is not a Secret name'],
    [['--secret=A'], '--secret "A" is not a Secret name'],
    [['--token-source=file', '--token-file=', ...server], '--token-file is empty'],
    [['--server=https://a', '--ca-file='], '--ca-file is empty'],
    [['--server=api.example', '--ca-file=/a'], '--server "api.example" is not the address of an API server'],
    [['--server=', '--ca-file=/a'], '--server "" is not the address of an API server'],
    [['--target-kubeconfig='], '--target-kubeconfig is empty'],
    [['--target-kubeconfig=/a', '--target-context='], '--target-context is empty'],
    [['--watch', '--port=0'], '--port "0" is not a port'],
    [['--wait=forever'], '--wait "forever" is not a duration'],
  ])('%j', (args, message) => {
    expect(() => optionsOf('-n', 'n', ...args)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  test('a password in the address, which is not repeated', () => {
    const args = ['-n', 'n', '--server=https://me:hush@a', '--ca-file=/a'];
    expect(() => optionsOf(...args)).toThrow('--server "https://a" is not the address of an API server');
  });
});

test('both packages have one version', () => {
  expect(runtimePackageJson.version).toBe(packageJson.version);
});
