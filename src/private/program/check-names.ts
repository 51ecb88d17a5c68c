import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import type { AppModel } from '../app-model';
import { podPath } from '../pod-spec';

/**
 * Whether the names of a construct's containers, and of the volumes that they mount, are free in its pod. Where two constructs of
 * ours take one name, it is a mistake of the later one.
 */
export function checkNamesInPod(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  app: AppModel,
): string[] {
  const others = othersOf(pod, containers, app);
  const mistakes = checkContainerNames(pod, containers, others);
  // With another name of the container its own volumes have others, too.
  return mistakes.length > 0 ? mistakes : checkVolumeNames(pod, containers, others);
}

function checkContainerNames(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  others: readonly kplus.Container[],
): string[] {
  const theirs = pod instanceof ApiObjectPod ? pod.theirContainers : [];
  const taken = new Set([...theirs, ...others].map(({ name }) => name));
  // Another name for the init container gives its refresher another, too.
  const [first] = containers.filter(({ name }) => taken.has(name));
  return first === undefined
    ? []
    : [`${podPath(pod)} has several containers named ${first.name}: give this one another containerName.`];
}

/** Where cdk8s-plus-27 makes the pod it sees to that itself. */
function checkVolumeNames(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  others: readonly kplus.Container[],
): string[] {
  if (!(pod instanceof ApiObjectPod)) {
    return [];
  }
  const { volumes: theirs = [] } = pod.theirSpec;
  const own = volumesOf(containers);
  // A volume that several constructs were given is rendered once.
  const taken = [...theirs, ...volumesOf(others).filter((volume) => !own.includes(volume))];
  const names = own.filter(({ name }, at) =>
    [...taken, ...own.slice(0, at)].some((other) => other.name === name),
  );
  return [...new Set(names.map(({ name }) => name))].map(
    (name) =>
      `${podPath(pod)} has a volume named ${name} already: give this construct another containerName, or the volume another name.`,
  );
}

/** The volumes that containers mount, each once. */
function volumesOf(containers: readonly kplus.Container[]): kplus.Volume[] {
  return [...new Set(containers.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))];
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
