import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../devcluster/control-plane/control-plane.ts';
import type { Steps } from './steps.ts';

/** The cluster of the central site. */
export interface Target {
  /** The identity that applies the manifests. */
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  /** The host of the API server from inside a pod. */
  readonly host: string;
  readonly port: string;
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** The API server of a second site. Undefined if there is none. */
  readonly edge: ControlPlaneFacts | undefined;
  /** Whether a synthesized object is applied. */
  readonly wants: (object: KubernetesObject) => boolean;
  /** Prepares the cluster for the manifests. */
  prepare(steps: Steps): Promise<void>;
  /** Records an object that this run created. */
  created(object: KubernetesObject): void;
  /** Removes everything that this run created. Returns what it removed, for people. */
  cleanUp(): Promise<string>;
}
