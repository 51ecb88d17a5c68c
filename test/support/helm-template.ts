import type { KubernetesObject } from '@kubernetes/client-node';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type HelmVersion, helmBinary } from '../../devcluster/builds/helm.ts';
import { helm } from './helm.ts';

export const HELM_VERSIONS: readonly HelmVersion[] = ['v4', 'v3'];

/** Builds every version of Helm that is not built yet. */
export async function buildHelm(): Promise<void> {
  for (const version of HELM_VERSIONS) {
    await helmBinary(version);
  }
}

export interface TemplateOptions {
  readonly version?: HelmVersion;
  readonly namespace: string;
  readonly flags?: readonly string[];
}

/** What helm renders without asking an API server. */
export function helmTemplate(
  chart: string,
  values: object,
  { version = 'v4', namespace, flags = [] }: TemplateOptions,
): Promise<string> {
  const args = ['template', 'release', chart, '--namespace', namespace, '--values', '-', ...flags];
  return helm(version, args, { stdin: JSON.stringify(values), kubeconfig: '/nowhere' });
}

export function objectsIn(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/**
 * By what they are. The label by which pods are selected is left out: the constructs give it a hash of their path. So are the empty
 * fields that cdk8s-plus renders, and that mean nothing.
 */
export function comparable(objects: readonly KubernetesObject[]): Record<string, unknown> {
  const text = JSON.stringify(objects).replaceAll(
    /"cdk8s\.io\/metadata\.addr":"[^"]*"/g,
    '"cdk8s.io/metadata.addr":""',
  );
  const withoutEmpty = text.replaceAll(/"stringData":\{\},|"resourceNames":\[\],/g, '');
  const named = (JSON.parse(withoutEmpty) as KubernetesObject[]).map((object) => {
    const { namespace, name } = object.metadata ?? {};
    return [`${object.kind} ${namespace ?? ''}/${name}`, object] as const;
  });
  expect(new Set(named.map(([key]) => key)).size).toBe(objects.length);
  return Object.fromEntries(named);
}

/** The notes that `helm install` prints; nothing is installed. */
export async function helmNotes(
  chart: string,
  values: object,
  { version = 'v4', namespace, flags = [] }: TemplateOptions,
): Promise<string> {
  const args = ['install', 'release', chart, '--namespace', namespace, '--dry-run=client', '--values', '-'];
  const text = await helm(version, [...args, ...flags], { stdin: JSON.stringify(values) });
  return text.slice(text.indexOf('\nNOTES:\n'));
}
