import { ApiObject, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import { MultisiteInit, type MultisiteInitProps, MultisiteKubeconfig } from '../../../../src/index.ts';
import { APP, COMPLETING, SERVING, siteCredential } from '../../init-in.ts';
import { mistakesIn, newChart, podSpec } from '../../manifests.ts';

/** A Deployment with the init container, patched. */
function patchedInit(patches: JsonPatch[], props: Partial<MultisiteInitProps> = {}) {
  const chart = newChart('sites');
  const pod = new kplus.Deployment(chart, 'App', { ...APP, replicas: 1 });
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap, ...props });
  ApiObject.of(pod).addJsonPatch(...patches);
  return chart;
}

const POD = '/spec/template/spec';

describe('a field that cdk8s-plus-27 drops is a mistake', () => {
  test.each<[string, JsonPatch, string]>([
    [
      'of a container',
      JsonPatch.add(`${POD}/initContainers/0/restartPolicy`, 'Always'),
      `${POD}/initContainers/0/restartPolicy`,
    ],
    ['of the pod', JsonPatch.add(`${POD}/resources`, { limits: { cpu: '1' } }), `${POD}/resources`],
    ['of the workload', JsonPatch.add('/spec/nope', { a: { b: 1 } }), '/spec/nope'],
    ['in what is added whole', JsonPatch.add('/spec/strategy', { nope: 1 }), '/spec/strategy/nope'],
    ['that it spells otherwise', JsonPatch.add(`${POD}/hostPID`, true), `${POD}/hostPID`],
    [
      'that it has as another type',
      JsonPatch.add(`${POD}/containers/0/resources`, { limits: { cpu: '1' } }),
      `${POD}/containers/0/resources/limits/cpu`,
    ],
  ])('%s', (_, patch, field) => {
    expect(mistakesIn(patchedInit([patch]))).toEqual([
      `[test/Init] test/App would be rendered without ${field}, because cdk8s-plus-27 drops this field. Its classes ` +
        'for Kubernetes 1.27 do not have the field, or have it in another form: leave the field out, or render the object ' +
        'as your own ApiObject, or write the field in the form of the class (for example "hostPid" for "hostPID", or a ' +
        'Quantity or an IntOrString).',
    ]);
  });

  test('each', () => {
    const patches = ['one', 'two'].map((field) => JsonPatch.add(`${POD}/${field}`, true));
    expect(mistakesIn(patchedInit(patches))).toEqual([
      expect.stringContaining(`without ${POD}/one, because`),
      expect.stringContaining(`without ${POD}/two, because`),
    ]);
  });
});

describe('what cdk8s-plus-27 renders is none', () => {
  test.each([...SERVING, ...COMPLETING])('in a %s with all sorts of fields', (_, newPod) => {
    const chart = newChart('sites');
    const pod = newPod(chart, {
      ...APP,
      metadata: { labels: { Team: 'edge', team: 'edge' }, annotations: { note: 'x' } },
      dns: { hostname: 'app', options: [{ name: 'ndots', value: '2' }] },
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['edge'] }],
      hostNetwork: true,
    });
    const [container] = pod.containers;
    container?.mount(
      '/cache',
      kplus.Volume.fromEmptyDir(chart, 'Cache', 'cache', { sizeLimit: Size.mebibytes(1) }),
    );
    container?.env.addVariable('IP', kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_IP));
    container?.env.addVariable('CPU', kplus.EnvValue.fromResource(kplus.ResourceFieldPaths.CPU_LIMIT));
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('after a patch', () => {
    const chart = patchedInit([
      JsonPatch.add(`${POD}/hostPid`, true),
      JsonPatch.add(`${POD}/overhead`, { cpu: { value: '1' } }),
      JsonPatch.replace(`${POD}/containers/0/image`, 'other'),
    ]);
    expect(mistakesIn(chart)).toEqual([]);
    expect(podSpec(chart, 'Deployment')).toMatchObject({
      hostPID: true,
      overhead: { cpu: '1' },
      containers: [{ image: 'other' }],
    });
  });
});

test('what cannot be rendered at all does not keep other mistakes from being reported', () => {
  const patches = [JsonPatch.test('/kind', 'Pod')];
  expect(mistakesIn(patchedInit(patches, { location: '' }))).toEqual([
    expect.stringContaining('[test/Init] location "" is not valid'),
  ]);
  expect(() => mistakesIn(patchedInit(patches))).toThrow(
    "Failed serializing construct at path 'test/App/Resource'",
  );
});
