import { Cron } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { MultisiteInit, MultisiteInitJob, MultisiteKubeconfig } from '../../../src/index.ts';
import { metadata } from './metadata.ts';
import { credential, credentialOf, initOptions, resourcesOf } from './parts.ts';
import { LONGEST_NAME, mostly, number, objectName, props, text, type ValueOf } from './values.ts';

/**
 * Names of the pods, which are their author's own: each as long as its kind may have it, and none that it may not, since
 * our constructs judge what they are given themselves.
 */
const WORKLOADS = {
  Pod: ['app', LONGEST_NAME],
  Deployment: ['app', LONGEST_NAME],
  StatefulSet: ['app', 'a'.repeat(63)],
  DaemonSet: ['app', LONGEST_NAME],
  Job: ['app', 'a'.repeat(63)],
  CronJob: ['app', 'a'.repeat(52)],
};

type WorkloadKind = keyof typeof WORKLOADS;

const workload = fc.constantFrom(...(Object.keys(WORKLOADS) as WorkloadKind[])).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    name: fc.constantFrom(undefined, undefined, ...WORKLOADS[kind]),
    replicas: fc.constantFrom(1, 1, 1, 2, undefined),
    serviceAccount: fc.option(objectName('runner'), { nil: undefined, freq: 2 }),
  }),
);

/** Where the kubeconfig is: in an object of the app, or one that it only names. */
export const target = props({
  kind: fc.constantFrom('configMap' as const, 'secret' as const),
  metadata: metadata('sites'),
  foreign: objectName('sites'),
});

/** Both or neither now and then. */
export const choice = mostly<'one' | 'both' | 'none'>(fc.constant('one'), fc.constantFrom('both', 'none'));

export function targetOf(scope: Construct, given: ValueOf<typeof target>, which: ValueOf<typeof choice>) {
  const configMap = () =>
    given.foreign === undefined
      ? new MultisiteKubeconfig(scope, 'ConfigMap', { metadata: given.metadata }).configMap
      : kplus.ConfigMap.fromConfigMapName(scope, 'ConfigMap', given.foreign);
  const secret = () =>
    given.foreign === undefined
      ? MultisiteKubeconfig.secret(scope, 'Secret', { metadata: given.metadata })
      : kplus.Secret.fromSecretName(scope, 'Secret', given.foreign);
  if (which === 'none') {
    return {};
  }
  if (which === 'both') {
    return { configMap: configMap(), secret: secret() };
  }
  return given.kind === 'secret' ? { secret: secret() } : { configMap: configMap() };
}

const refreshPort = number(9779, 1024, 65535, 8081);

/** The port without the other, which is a mistake, now and then. */
const kubernetesVersion = text('1.29', '1.36', '1.28');

const refreshing = mostly<{
  refresh?: boolean;
  sidecar?: boolean;
  kubernetesVersion?: string;
  refreshPort?: number;
}>(
  fc.oneof(
    props({ refresh: fc.constant(false) }),
    fc.record({ refresh: fc.constant(true), refreshPort }),
    fc.record({ sidecar: fc.constant(true), kubernetesVersion: fc.constant('1.29'), refreshPort }),
  ),
  props({ refresh: fc.boolean(), sidecar: fc.boolean(), kubernetesVersion, refreshPort }),
);

function init(...names: string[]) {
  return fc
    .tuple(
      props({ ...initOptions, credential, containerName: text(...names), metadata: metadata(...names) }),
      refreshing,
    )
    .map(([options, more]) => ({ ...options, ...more }));
}

/** A pod with an init container or two, which are as alike as it happens. */
export const pod = fc.record({
  workload,
  target,
  choice,
  inits: fc.oneof(
    { weight: 2, arbitrary: fc.tuple(init('init', 'a'.repeat(55))) },
    { weight: 1, arbitrary: fc.tuple(init('init'), init('other')) },
  ),
});

export function addPod(scope: Construct, given: ValueOf<typeof pod>): void {
  const made = workloadOf(scope, given.workload);
  const where = targetOf(scope, given.target, given.choice);
  for (const [index, options] of given.inits.entries()) {
    const part = new Construct(scope, `Part${index}`);
    new MultisiteInit(part, 'Init', {
      ...options,
      ...where,
      pod: made,
      credential: options.credential && credentialOf(part, options.credential),
      resources: options.resources && resourcesOf(options.resources),
    });
  }
}

function workloadOf(scope: Construct, { kind, name, replicas, serviceAccount }: ValueOf<typeof workload>) {
  const common: kplus.AbstractPodProps = {
    metadata: name === undefined ? {} : { name },
    containers: [{ image: 'app', name: 'app', ports: [{ number: 8080 }] }],
    serviceAccount:
      serviceAccount === undefined
        ? undefined
        : kplus.ServiceAccount.fromServiceAccountName(scope, 'Runner', serviceAccount),
  };
  switch (kind) {
    case 'Deployment':
      return new kplus.Deployment(scope, 'App', { ...common, replicas });
    case 'StatefulSet':
      return new kplus.StatefulSet(scope, 'App', { ...common, replicas });
    case 'CronJob':
      return new kplus.CronJob(scope, 'App', { ...common, schedule: Cron.daily() });
    case 'DaemonSet':
      return new kplus.DaemonSet(scope, 'App', common);
    case 'Job':
      return new kplus.Job(scope, 'App', common);
    default:
      return new kplus.Pod(scope, 'App', common);
  }
}

/** A Job that writes an entry. */
export const job = fc.record({
  target,
  choice,
  options: props({ ...initOptions, metadata: metadata('register', 'a'.repeat(63)) }),
  credential,
  serviceAccount: fc.option(objectName('runner'), { nil: undefined, freq: 2 }),
});

export function addJob(scope: Construct, given: ValueOf<typeof job>): void {
  new MultisiteInitJob(scope, 'Job', {
    ...given.options,
    ...targetOf(scope, given.target, given.choice),
    resources: given.options.resources && resourcesOf(given.options.resources),
    credential: credentialOf(scope, given.credential),
    serviceAccount:
      given.serviceAccount === undefined
        ? undefined
        : kplus.ServiceAccount.fromServiceAccountName(scope, 'Runner', given.serviceAccount),
  });
}
