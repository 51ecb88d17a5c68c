import type { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import {
  CloudifyManager,
  type ContainerImage,
  MultisiteInitJob,
  MultisiteKubeconfig,
} from '../../src/index.ts';
import { siteCredential } from './init-in.ts';
import { allContainers, mistakesIn, newChart, podSpec } from './manifests.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function jobOf(image?: ContainerImage): Chart {
  const chart = newChart('sites');
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInitJob(chart, 'Init', { configMap, image, credential: siteCredential(chart) });
  return chart;
}

function imageOf(image?: ContainerImage): string | undefined {
  return podSpec(jobOf(image), 'Job').containers[0]?.image;
}

describe('ContainerImage', () => {
  test('is the released image of this very version by default', () => {
    expect(imageOf()).toBe(`ghcr.io/cdk8s-multisite/multisite:${packageJson.version}`);
  });

  test.each<[ContainerImage, string]>([
    [{ repository: 'localhost:5000/multisite' }, `localhost:5000/multisite:${packageJson.version}`],
    [{ tag: '1.2.3-rc.1' }, 'ghcr.io/cdk8s-multisite/multisite:1.2.3-rc.1'],
    [{ digest: DIGEST }, `ghcr.io/cdk8s-multisite/multisite@${DIGEST}`],
    [{ repository: 'multisite', digest: DIGEST }, `multisite@${DIGEST}`],
    [
      { repository: '{{ .Values.repository }}', tag: '{{ .Values.tag }}' },
      '{{ .Values.repository }}:{{ .Values.tag }}',
    ],
  ])('%j', (image, expected) => {
    expect(imageOf(image)).toBe(expected);
  });

  test('is pulled where the node does not have it, unless told otherwise', () => {
    const policyOf = (image?: ContainerImage) => podSpec(jobOf(image), 'Job').containers[0]?.imagePullPolicy;
    expect(policyOf()).toBe('IfNotPresent');
    expect(policyOf({ tag: 'latest', pullPolicy: kplus.ImagePullPolicy.ALWAYS })).toBe('Always');
  });

  test('of the manager and its sidecar are pulled as told, too', () => {
    const chart = newChart('cloudify');
    const image = { pullPolicy: kplus.ImagePullPolicy.NEVER };
    new CloudifyManager(chart, 'Manager', { image, init: { image }, logShipping: { image } });
    const policies = allContainers(podSpec(chart, 'Deployment')).map(
      (container) => container.imagePullPolicy,
    );
    expect(policies).toEqual(['Never', 'Never', 'Never', 'Never']);
  });

  test.each<[ContainerImage, string]>([
    [{ repository: '' }, 'image.repository "" is not valid: give only registry and path'],
    [{ repository: 'multisite:1.2.3' }, 'image.repository "multisite:1.2.3" is not valid'],
    [{ repository: `multisite@${DIGEST}` }, 'Give the tag or the digest in its own prop'],
    [{ repository: 'registry.example.com/' }, 'image.repository "registry.example.com/" is not valid'],
    [{ tag: '' }, 'image.tag "" is not valid: give up to 128 letters, digits'],
    [{ tag: 'a:b' }, 'image.tag "a:b" is not valid'],
    [{ digest: 'sha256:0123' }, 'image.digest "sha256:0123" is not valid: give "sha256:" and 64 hexadecimal'],
    [{ tag: '1.2.3', digest: DIGEST }, 'image.tag and image.digest exclude each other: a digest is exact'],
    [
      { pullPolicy: 'Sometimes' as kplus.ImagePullPolicy },
      'image.pullPolicy "Sometimes" is not valid: give Always, IfNotPresent, Never.',
    ],
  ])('refuses %j', (image, message) => {
    expect(mistakesIn(jobOf(image))).toEqual([expect.stringMatching(/^\[test\/Init\] image\./)]);
    expect(mistakesIn(jobOf(image))[0]).toContain(message);
  });
});
