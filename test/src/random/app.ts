import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { MultisiteKubeconfig } from '../../../src/index.ts';
import { addManager, manager } from './manager.ts';
import { metadata } from './metadata.ts';
import { mostly, oddText, type ValueOf } from './values.ts';
import { addJob, addPod, job, pod } from './workload.ts';

const part = fc.oneof(
  fc.record({ construct: fc.constant('kubeconfig' as const), props: metadata('sites') }),
  { weight: 4, arbitrary: fc.record({ construct: fc.constant('pod' as const), props: pod }) },
  { weight: 2, arbitrary: fc.record({ construct: fc.constant('job' as const), props: job }) },
  { weight: 6, arbitrary: fc.record({ construct: fc.constant('manager' as const), props: manager }) },
);

/** What an app is made of: plain values, so that a failure can print them. */
export const randomApp = fc.record({
  namespace: mostly(mostly<string | undefined>(fc.constant('cloudify'), fc.constant(undefined), 5), oddText),
  parts: mostly(fc.tuple(part), fc.array(part, { maxLength: 3 }), 5),
});

export type RandomApp = ValueOf<typeof randomApp>;

/** Makes the app; its only chart. */
export function chartOf({ namespace, parts }: RandomApp): Chart {
  const chart = new Chart(new App(), 'test', { namespace });
  for (const [index, given] of parts.entries()) {
    addPart(new Construct(chart, `Part${index}`), given);
  }
  return chart;
}

function addPart(scope: Construct, given: ValueOf<typeof part>): void {
  switch (given.construct) {
    case 'kubeconfig':
      new MultisiteKubeconfig(scope, 'ConfigMap', { metadata: given.props });
      MultisiteKubeconfig.secret(scope, 'Secret', { metadata: given.props });
      break;
    case 'pod':
      addPod(scope, given.props);
      break;
    case 'job':
      addJob(scope, given.props);
      break;
    case 'manager':
      addManager(scope, given.props);
  }
}
