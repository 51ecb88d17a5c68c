import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { ApiObject, App, type Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  CloudifyManager,
  MultisiteInit,
  MultisiteInitJob,
  MultisiteKubeconfig,
} from '../../../../src/index.ts';
import { APP, COMPLETING, SERVING, siteCredential } from '../../init-in.ts';
import { mistakesIn, newChart, ofKind } from '../../manifests.ts';

const ISOLATED = { ...APP, isolate: true };

function withInit(chart: Chart, pod: kplus.AbstractPod): void {
  const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
  new MultisiteInit(chart, 'Init', { pod, configMap, credential: siteCredential(chart) });
}

/** The mistake of a pod that these policies cut off. */
function cutOff(by = 'test/App/DefaultDenyAll/Resource', pod = 'test/App', construct = 'test/Init') {
  return (
    `[${construct}] ${pod} cannot reach the API server, which our container needs: ${by} does not allow this ` +
    'egress (`isolate` and `connections` of cdk8s-plus create such policies). Add a policy that allows it: ' +
    "new kplus.NetworkPolicy(chart, 'ToApiServer', " +
    "{ selector: pod, egress: { rules: [{ peer: kplus.NetworkPolicyIpBlock.ipv4(chart, 'ApiServer', '192.0.2.1/32'), " +
    'ports: [kplus.NetworkPolicyPort.tcp(6443)] }] } }), with the address and port from `kubectl get endpointslices kubernetes ' +
    '--namespace default`.'
  );
}

/** The policy that the mistake tells to add. */
function allowApiServer(chart: Chart, pod: kplus.IPodSelector | undefined, namespace?: string) {
  return new kplus.NetworkPolicy(chart, 'ToApiServer', {
    selector: pod,
    metadata: { namespace },
    egress: {
      rules: [
        {
          peer: kplus.NetworkPolicyIpBlock.ipv4(chart, 'ApiServer', '192.0.2.1/32'),
          ports: [kplus.NetworkPolicyPort.tcp(6443)],
        },
      ],
    },
  });
}

/** A policy of somebody else's making. */
function policy(chart: Chart, spec: V1NetworkPolicy['spec'], apiVersion = 'networking.k8s.io/v1') {
  return new ApiObject(chart, 'Policy', { apiVersion, kind: 'NetworkPolicy', spec });
}

describe('a pod that cannot reach the API server is a mistake', () => {
  test.each([...SERVING, ...COMPLETING])('an isolated %s', (_, podIn) => {
    const chart = newChart('sites');
    withInit(chart, podIn(chart, ISOLATED));
    expect(mistakesIn(chart)).toEqual([cutOff()]);
  });

  test('until the policy is added that the message tells', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', ISOLATED);
    withInit(chart, pod);
    allowApiServer(chart, pod);
    expect(mistakesIn(chart)).toEqual([]);
    expect(ofKind<V1NetworkPolicy>(chart, 'NetworkPolicy').map(({ spec }) => spec?.egress)).toContainEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.1/32' } }], ports: [{ port: 6443, protocol: 'TCP' }] },
    ]);
  });

  test('in a chart without a namespace', () => {
    const chart = newChart(undefined);
    const pod = new kplus.Pod(chart, 'App', ISOLATED);
    withInit(chart, pod);
    expect(mistakesIn(chart)).toEqual([cutOff()]);
    allowApiServer(chart, pod);
    expect(mistakesIn(chart)).toEqual([]);
  });

  test('once, of several init containers', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', ISOLATED);
    withInit(chart, pod);
    const { configMap } = new MultisiteKubeconfig(chart, 'Other', { metadata: { name: 'other' } });
    new MultisiteInit(chart, 'OtherInit', { pod, configMap, containerName: 'other' });
    expect(mistakesIn(chart)).toEqual([cutOff()]);
  });

  test('one that may connect to another pod alone', () => {
    const chart = newChart('sites');
    const pod = new kplus.Pod(chart, 'App', APP);
    withInit(chart, pod);
    const database = new kplus.Pod(chart, 'Database', APP);
    pod.connections.allowTo(database, { isolation: kplus.PodConnectionsIsolation.POD });
    expect(mistakesIn(chart)).toEqual([cutOff(`test/App/AllowEgress${database.node.addr}/Resource`)]);
  });

  test('of MultisiteInitJob, by a policy for all pods', () => {
    const chart = newChart('sites');
    const { configMap } = new MultisiteKubeconfig(chart, 'Kubeconfig');
    new MultisiteInitJob(chart, 'Init', { configMap, credential: siteCredential(chart) });
    policy(chart, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(mistakesIn(chart)).toEqual([cutOff('test/Policy', 'test/Init/Job')]);
  });

  test('of CloudifyManager', () => {
    const chart = newChart('sites');
    const { deployment } = new CloudifyManager(chart, 'Manager');
    deployment.connections.isolate();
    expect(mistakesIn(chart)).toEqual([
      cutOff(
        'test/Manager/Deployment/DefaultDenyAll/Resource',
        'test/Manager/Deployment',
        'test/Manager/Init',
      ),
    ]);
    allowApiServer(chart, deployment);
    expect(mistakesIn(chart)).toEqual([]);
  });
});

const LABELS = { podSelector: { matchLabels: { tier: 'site' } } };
const OUT = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] };

describe('egress is judged', () => {
  const judged = (spec: V1NetworkPolicy['spec'], apiVersion?: string) => {
    const chart = newChart('sites');
    withInit(chart, new kplus.Pod(chart, 'App', { ...APP, metadata: { labels: { tier: 'site' } } }));
    policy(chart, spec, apiVersion);
    return mistakesIn(chart);
  };

  test.each<[string, V1NetworkPolicy['spec']]>([
    ['by labels', { ...LABELS, policyTypes: ['Egress'] }],
    ['by an expression: In', expression('In', ['site', 'other'])],
    ['by an expression: NotIn', expression('NotIn', ['other'])],
    ['by an expression: Exists', expression('Exists')],
    ['by an expression: DoesNotExist', { ...expression('DoesNotExist', undefined, 'other') }],
    ['by its rules, where no type is given', { ...LABELS, egress: [{ to: [{ podSelector: {} }] }] }],
    ['by protocol', { ...LABELS, egress: [{ ...OUT, ports: [{ protocol: 'UDP', port: 6443 }] }] }],
    [
      'by port, where all is DNS',
      {
        ...LABELS,
        egress: [
          {
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
        ],
      },
    ],
    [
      'by peer: pods of any namespace are no API server',
      { ...LABELS, egress: [{ to: [{ namespaceSelector: {} }] }] },
    ],
  ])('%s', (_, spec) => {
    expect(judged(spec)).toEqual([cutOff('test/Policy')]);
  });

  test.each<[string, V1NetworkPolicy['spec']]>([
    ['to everywhere', { ...LABELS, egress: [{}] }],
    ['to addresses', { ...LABELS, egress: [OUT] }],
    ['at any port but that of DNS', { ...LABELS, egress: [{ ports: [{ port: 53 }, { port: 16443 }] }] }],
    ['of other pods', { podSelector: { matchLabels: { tier: 'other' } }, policyTypes: ['Egress'] }],
    ['of other pods, by an expression', expression('In', ['other'])],
    ['of ingress alone', { ...LABELS, ingress: [] }],
  ])('and left alone where it is %s', (_, spec) => {
    expect(judged(spec)).toEqual([]);
  });

  test('and left alone where the policy is of another group', () => {
    expect(judged({ ...LABELS, policyTypes: ['Egress'] }, 'crd.projectcalico.org/v1')).toEqual([]);
  });

  function expression(operator: string, values?: string[], key = 'tier'): V1NetworkPolicy['spec'] {
    return { podSelector: { matchExpressions: [{ key, operator, values }] }, policyTypes: ['Egress'] };
  }
});

describe('of several charts', () => {
  test('a policy of another chart may be for another cluster, and denies nothing here', () => {
    const app = new App();
    const chart = newChart('sites', app);
    withInit(chart, new kplus.Pod(chart, 'App', APP));
    policy(newChart('sites', app, 'other'), { podSelector: {}, policyTypes: ['Egress'] });
    expect(mistakesIn(chart)).toEqual([]);
  });

  test.each([
    ['sites', []],
    ['elsewhere', [cutOff()]],
  ])('what it allows in namespace %s', (namespace, mistakes) => {
    const app = new App();
    const chart = newChart('sites', app);
    withInit(chart, new kplus.Pod(chart, 'App', ISOLATED));
    allowApiServer(newChart(undefined, app, 'other'), undefined, namespace);
    expect(mistakesIn(chart)).toEqual(mistakes);
  });
});
