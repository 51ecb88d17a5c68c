import type { KubernetesObject, V1PodSpec } from '@kubernetes/client-node';
import { App, Chart, Testing, Yaml } from 'cdk8s';

/** A chart to build in; `undefined` is a chart that leaves its namespace to others. */
export function newChart(namespace: string | undefined, app: App = new App(), id = 'test'): Chart {
  return new Chart(app, id, { namespace });
}

/** What the chart renders: everything is asserted there, since cdk8s-plus drops fields on its way. */
export function manifests(chart: Chart): KubernetesObject[] {
  return Testing.synth(chart);
}

/** What the synthesis of the chart reports as mistakes of its whole app, each with the path of its construct. */
export function mistakesIn(chart: Chart): string[] {
  try {
    manifests(chart);
    return [];
  } catch (error) {
    const [heading, ...mistakes] = (error as Error).message.split('\n  ');
    if (heading !== 'Validation failed with the following errors:') {
      throw error;
    }
    return mistakes;
  }
}

/** The manifests as text, for kubectl. */
export function yaml(chart: Chart): string {
  return Yaml.stringify(...manifests(chart));
}

/** The objects of a kind, in the order rendered. */
export function ofKind<T extends KubernetesObject>(chart: Chart, kind: string): T[] {
  return manifests(chart).filter((manifest): manifest is T => manifest.kind === kind);
}

/** The only object of a kind. */
export function theOnly<T extends KubernetesObject>(chart: Chart, kind: string): T {
  const [found, ...others] = ofKind<T>(chart, kind);
  if (found === undefined || others.length > 0) {
    throw new Error(`expected one ${kind}, got ${found === undefined ? 'none' : others.length + 1}`);
  }
  return found;
}

interface WithPodSpec {
  readonly spec: V1PodSpec & {
    readonly template?: { readonly spec: V1PodSpec };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: V1PodSpec } } };
  };
}

/** The pod's spec in the only object of a kind. */
export function podSpec(chart: Chart, kind: string): V1PodSpec {
  const { spec } = theOnly<KubernetesObject & WithPodSpec>(chart, kind);
  return spec.jobTemplate?.spec.template.spec ?? spec.template?.spec ?? spec;
}

/** All containers of the pod, init containers first. */
export function allContainers(spec: V1PodSpec) {
  return [...(spec.initContainers ?? []), ...spec.containers];
}
