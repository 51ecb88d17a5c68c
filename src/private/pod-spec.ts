import type * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { refuse } from './checks';

const POD_SPEC_PATHS: Readonly<Record<string, string>> = {
  Pod: '/spec',
  Deployment: '/spec/template/spec',
  StatefulSet: '/spec/template/spec',
  DaemonSet: '/spec/template/spec',
  Job: '/spec/template/spec',
  CronJob: '/spec/jobTemplate/spec/template/spec',
};

/** The JSON pointer to the pod's spec in the object that is rendered for it. */
export function podSpecPath(construct: IConstruct, pod: kplus.AbstractPod): string {
  const path = POD_SPEC_PATHS[pod.kind];
  if (path === undefined) {
    const known = Object.keys(POD_SPEC_PATHS).join(', ');
    return refuse(
      construct,
      `a ${pod.kind} keeps its pod where this version cannot find it: use one of ${known}.`,
    );
  }
  return path;
}
