import { describe, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { parseCommandLine } from '../../../runtime/multisite-init/parse-command-line.ts';
import { DEFAULTS, HELP } from '../../../runtime/multisite-init/usage.ts';
import runtimePackageJson from '../../../runtime/package.json' with { type: 'json' };

describe('the command line', () => {
  test('needs the namespace alone', () => {
    expect(parseCommandLine(['--namespace', 'cloudify'])).toEqual({
      kind: 'run',
      options: {
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
      },
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
      expect(parseCommandLine(args)).toMatchObject({ kind: 'run', options: expected });
    }
  });

  test.each([
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('--timeout %s', (text, ms) => {
    expect(parseCommandLine(['-n', 'n', '--timeout', text])).toMatchObject({ options: { timeoutMs: ms } });
  });

  test.each(['0s', '-1s', '5', 'forever', '1000h', ''])('--timeout %j is refused', (text) => {
    expect(() => parseCommandLine(['-n', 'n', `--timeout=${text}`])).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });

  test.each([
    ['-h', 'help'],
    ['--help', 'help'],
    ['-V', 'version'],
    ['--version', 'version'],
  ])('%s', (flag, kind) => {
    expect(parseCommandLine([flag])).toEqual({ kind });
  });
});

test.each(['\uFFFE', '\uFFFF', 'a\uFEFFb', '\uD800', 'a\u0085b', '\u{1FFFE}'])(
  'the name %j is refused',
  (name) => {
    for (const flag of ['location', 'user']) {
      expect(() => parseCommandLine(['-n', 'n', `--${flag}=${name}`])).toThrow(
        expect.objectContaining({ exitCode: 2 }),
      );
    }
  },
);

describe('--help', () => {
  test('names every flag with its default', () => {
    for (const [flag, value] of Object.entries(DEFAULTS)) {
      expect(HELP).toMatch(new RegExp(`--${flag} .*\\(default ${value}\\)`));
    }
    expect(HELP).toContain('--namespace NAMESPACE  namespace of the ConfigMap (required)');
  });

  test('fits a terminal', () => {
    expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

test('both packages have one version', () => {
  expect(runtimePackageJson.version).toBe(packageJson.version);
});
