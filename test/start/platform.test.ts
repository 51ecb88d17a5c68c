import { expect, test } from 'vitest';
import { whyNoControlPlane } from '../../start/platform.ts';

const VERSION = '1.36.3';
const ASSETS = '/usr/local/kubebuilder/bin';

test('Linux has a control plane, with ready programs and without', () => {
  expect(whyNoControlPlane({ platform: 'linux', assets: undefined }, VERSION)).toBeUndefined();
  expect(whyNoControlPlane({ platform: 'linux', assets: ASSETS }, VERSION)).toBeUndefined();
});

test('a Mac has one with ready programs', () => {
  expect(whyNoControlPlane({ platform: 'darwin', assets: ASSETS }, VERSION)).toBeUndefined();
});

test.each([undefined, ''])(
  'a Mac without them (%o) is told of them, and of a cluster of its own',
  (assets) => {
    const why = whyNoControlPlane({ platform: 'darwin', assets }, VERSION);
    expect(why).toContain('This is macOS');
    expect(why).toContain('export KUBEBUILDER_ASSETS="$(setup-envtest use 1.36.3 -p path)" && npm start');
    expect(why).toContain('npm start -- --context kind-kind');
  },
);

test('Windows is told of WSL, and of a cluster of its own', () => {
  const why = whyNoControlPlane({ platform: 'win32', assets: ASSETS }, VERSION);
  expect(why).toContain('This is Windows');
  expect(why).toContain('in WSL');
  expect(why).not.toContain('KUBEBUILDER_ASSETS');
  expect(why).toContain('npm start -- --context kind-kind');
});
