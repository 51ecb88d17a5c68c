import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import type { MetainitOptions } from '../../metainit-options';
import { checkImage, imageReference, MULTISITE_IMAGE, pullPolicy } from '../image';
import { checkQualifiedName } from '../validation/metadata';
import { checkResources } from '../validation/resources';
import { checkNamespaceName } from '../validation/values';
import { addProgramContainer } from './program-container';
import { checkLogFormat, logFormatArgs } from './run-options';

/** The label of the original, k8s-metainit. It is also the program's default. */
export const DEFAULT_LABEL = 'k8s.opsani.io/initializer';

/** The port of the endpoints. It is also the program's default. */
export const DEFAULT_METAINIT_PORT = 9780;

/** What differs between the pods of metainit. */
export interface MetainitContainerProps {
  /** @default DEFAULT_METAINIT_PORT */
  readonly port?: number;
  /** The pod's API token. */
  readonly token?: kplus.Volume;
  /** Volume mounts besides the token. */
  readonly mounts?: readonly kplus.VolumeMount[];
  /** Arguments besides those of the options. */
  readonly moreArgs?: readonly string[];
}

/** Adds the container that runs metainit to a pod. */
export function addMetainitContainer(
  pod: kplus.AbstractPod,
  options: MetainitOptions,
  { port = DEFAULT_METAINIT_PORT, token, mounts = [], moreArgs = [] }: MetainitContainerProps,
): kplus.Container {
  const program = {
    name: 'metainit',
    image: imageReference(options.image, MULTISITE_IMAGE),
    imagePullPolicy: pullPolicy(options.image),
    args: [...metainitArgs(options), ...portArgs(port), ...moreArgs],
    asksForNamespace: false,
    resources: options.resources ?? {
      cpu: { request: kplus.Cpu.millis(50) },
      memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
    },
    mounts,
    token,
  };
  return addProgramContainer(pod, program, {
    name: 'metainit',
    list: 'containers',
    liveness: kplus.Probe.fromHttpGet('/healthz', { port }),
    readiness: kplus.Probe.fromHttpGet('/readyz', { port }),
    fields: { ports: [{ name: 'metrics', containerPort: port }] },
  });
}

/** The label and the flags that differ from the program's defaults. */
function metainitArgs({ label, gates = [], namespaces = [], logFormat }: MetainitOptions): string[] {
  return [
    ...namespaces.map((namespace) => `--namespace=${namespace}`),
    ...gates.map((gate) => `--gate=${gate}`),
    ...logFormatArgs(logFormat),
    // After `--`, because the program has a subcommand.
    ...(label === undefined ? [] : ['--', label]),
  ];
}

function portArgs(port: number): string[] {
  return port === DEFAULT_METAINIT_PORT ? [] : [`--port=${port}`];
}

/** Checks the options with the program's own rules. */
export function checkMetainitOptions(
  construct: IConstruct,
  { label, gates = [], namespaces, image, resources, logFormat }: MetainitOptions,
): string[] {
  return [
    ...(label === undefined ? [] : checkQualifiedName('label', label)),
    ...gates.flatMap((gate, index) => checkQualifiedName(`gates[${index}]`, gate)),
    ...(namespaces === undefined ? [] : checkNamespaces(namespaces)),
    ...checkImage('image', image),
    ...checkResources('resources', resources),
    ...checkLogFormat(construct, logFormat),
  ];
}

function checkNamespaces(namespaces: readonly string[]): string[] {
  return namespaces.length === 0
    ? ['namespaces is empty: name a namespace, or leave out namespaces for all namespaces.']
    : namespaces.flatMap((namespace, index) => checkNamespaceName(`namespaces[${index}]`, namespace));
}
