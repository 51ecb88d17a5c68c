import type { KubeConfig, KubernetesObject } from '@kubernetes/client-node';
import type { ControlPlaneFacts } from '../devcluster/control-plane/control-plane.ts';
import type { Steps } from './steps.ts';

/** A cluster to show the main job in. */
export interface Target {
  /** Who applies the manifests. */
  readonly kubeConfig: KubeConfig;
  readonly namespace: string;
  /** Where a pod would find the API server. */
  readonly host: string;
  readonly port: string;
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** The API server of a second site; undefined where there is none. */
  readonly edge: ControlPlaneFacts | undefined;
  /** Which of the synthesized objects are to be applied. */
  readonly wants: (object: KubernetesObject) => boolean;
  /** Makes ready for the manifests. */
  prepare(steps: Steps): Promise<void>;
  /** Takes note of an object that now exists because of us. */
  created(object: KubernetesObject): void;
  /** Leaves the machine, or the cluster, as it was; says what it removed. */
  cleanUp(): Promise<string>;
}
