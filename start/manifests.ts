import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { runCommand } from './run-command.ts';

const ROOT = join(import.meta.dirname, '..');
const CDK8S = join(ROOT, 'node_modules/.bin/cdk8s');

export interface SynthesisOptions {
  /** The namespace of the manager's components. @default - none */
  readonly componentNamespace?: string;
  /** Stops the synthesis. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `cdk8s synth` for this repository's app of metainit.
 *
 * @param releaser namespace and name of the ServiceAccount that may release held pods, with "/" in between
 */
export async function synthesizeMetainit(
  releaser: string,
  folder: string,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const app = ['--app', 'node build/metainit.js'];
  await runCommand(CDK8S, ['synth', '--no-check-upgrade', ...app, '--output', folder], {
    cwd: ROOT,
    env: { RELEASER: releaser, INIT_IMAGE: '' },
    signal,
  });
  return readManifests(folder);
}

/** Runs `cdk8s synth` for this repository's app, with a namespace and an output folder. */
export async function synthesize(
  namespace: string,
  folder: string,
  { componentNamespace = '', signal = new AbortController().signal }: SynthesisOptions = {},
): Promise<KubernetesObject[]> {
  await runCommand(CDK8S, ['synth', '--no-check-upgrade', '--output', folder], {
    cwd: ROOT,
    // Empty variables select the default images, even if the caller's environment has others.
    env: {
      NAMESPACE: namespace,
      COMPONENT_NAMESPACE: componentNamespace,
      MANAGER_IMAGE: '',
      INIT_IMAGE: '',
    },
    signal,
  });
  return readManifests(folder);
}

/** The objects of all YAML files of a folder, in the order of `kubectl apply -f`. */
export async function readManifests(folder: string): Promise<KubernetesObject[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject),
  );
}

/** The one object of a kind. */
export function only(objects: readonly KubernetesObject[], kind: string): KubernetesObject {
  const [object, ...more] = objects.filter((candidate) => candidate.kind === kind);
  if (object === undefined || more.length > 0) {
    throw new Error(`expected one ${kind} among the manifests`);
  }
  return object;
}

/** The name of an object that has one. */
export function nameOf(object: KubernetesObject): string {
  const name = object.metadata?.name;
  if (name === undefined) {
    throw new Error(`a ${object.kind} of the manifests has no name`);
  }
  return name;
}
