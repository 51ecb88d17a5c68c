import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import type { AppModel } from '../app-model';
import { podPath } from '../pod-spec';

/**
 * Whether the names of a construct's containers are free in its pod. Where two constructs of ours take one name, it is a
 * mistake of the later one.
 */
export function checkContainerNames(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  app: AppModel,
): string[] {
  const theirs = pod instanceof ApiObjectPod ? pod.theirContainers : [];
  const taken = new Set([...theirs, ...othersOf(pod, containers, app)].map(({ name }) => name));
  return (
    containers
      .filter(({ name }) => taken.has(name))
      // Another name for the one gives the refresher another, too.
      .slice(0, 1)
      .map(
        ({ name }) =>
          `${podPath(pod)} has several containers named ${name}: give this one another containerName.`,
      )
  );
}

/** The containers of a pod but those of a construct, and of constructs of ours after it. */
function othersOf(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  { programContainers }: AppModel,
): readonly kplus.Container[] {
  const ours = programContainers.get(pod) ?? [];
  const ownAndLater = ours.slice(ours.findIndex((container) => containers.includes(container)));
  return [...pod.initContainers, ...pod.containers].filter((container) => !ownAndLater.includes(container));
}
