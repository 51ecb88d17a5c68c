import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import {
  addProgramContainer,
  literal,
  type Program,
} from '../../../../src/private/program/program-container.ts';
import { tokenVolume } from '../../../../src/private/program/token-volume.ts';
import { APP, initContainer } from '../../init-in.ts';
import { newChart } from '../../manifests.ts';

test.each([
  ['central', 'central'],
  ['ops$(HOME)', 'ops$$(HOME)'],
  ['$$', '$$$$'],
  ['{{ $.Values.site }}', '{{ $.Values.site }}'],
  ['{{ $a }}$(B){{ $c\n}}$', '{{ $a }}$$(B){{ $c\n}}$$'],
  ['{{ $', '{{ $$'],
])('%j is written %j', (text, written) => {
  expect(literal(text)).toBe(written);
});

test('any program of the image can be run, by its name', () => {
  const chart = newChart('sites');
  const pod = new kplus.Pod(chart, 'App', APP);
  const program: Program = {
    name: 'another',
    image: 'multisite:1',
    imagePullPolicy: kplus.ImagePullPolicy.NEVER,
    args: ['--help'],
    asksForNamespace: false,
    mounts: [],
    token: tokenVolume(chart, 'Token', 'another-token'),
  };
  addProgramContainer(pod, program, { name: 'first', list: 'initContainers', moreArgs: ['--version'] });
  expect(initContainer(chart, 'first')).toMatchObject({
    command: ['another'],
    imagePullPolicy: 'Never',
    args: ['--help', '--version'],
    volumeMounts: [{ name: 'another-token', readOnly: true }],
    securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
  });
});

test('a program without a token has no mount for one, as in a static pod', () => {
  const chart = newChart('sites');
  const pod = new kplus.Pod(chart, 'App', APP);
  const program: Program = {
    name: 'another',
    image: 'multisite:1',
    imagePullPolicy: kplus.ImagePullPolicy.NEVER,
    args: [],
    asksForNamespace: false,
    mounts: [],
  };
  addProgramContainer(pod, program, { name: 'first', list: 'initContainers' });
  expect(initContainer(chart, 'first')?.volumeMounts).toBeUndefined();
});
