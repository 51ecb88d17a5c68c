import type * as kplus from 'cdk8s-plus-27';
import { ApiObjectPod } from '../api-object-pod';
import type { AppModel } from '../app-model';
import { podPath } from '../pod-spec';

/**
 * Checks that no other container or volume of the pod has the name of one of the construct's containers or volumes. If
 * two of our constructs use the same name, the later one reports it.
 */
export function checkNamesInPod(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  app: AppModel,
): string[] {
  const others = othersOf(pod, containers, app);
  const mistakes = checkContainerNames(pod, containers, others);
  // If the container gets another name, its own volumes get other names too.
  return mistakes.length > 0 ? mistakes : checkVolumeNames(pod, containers, others);
}

function checkContainerNames(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  others: readonly kplus.Container[],
): string[] {
  const theirs = pod instanceof ApiObjectPod ? pod.theirContainers : [];
  const taken = new Set([...theirs, ...others].map(({ name }) => name));
  // If the init container gets another name, its refresher gets another name too.
  const [first] = containers.filter(({ name }) => taken.has(name));
  return first === undefined
    ? []
    : [`${podPath(pod)} has several containers named ${first.name}: give this one another containerName.`];
}

/** For its own pods, cdk8s-plus-27 checks this itself. */
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
  // A volume that was given to several constructs is rendered once.
  const taken = [...theirs, ...volumesOf(others).filter((volume) => !own.includes(volume))];
  const names = own.filter(({ name }, at) =>
    [...taken, ...own.slice(0, at)].some((other) => other.name === name),
  );
  return [...new Set(names.map(({ name }) => name))].map(
    (name) =>
      `${podPath(pod)} has a volume named ${name} already: give this construct another containerName, or the volume another name.`,
  );
}

/** The volumes that containers mount, without repetitions. */
function volumesOf(containers: readonly kplus.Container[]): kplus.Volume[] {
  return [...new Set(containers.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))];
}

/** The pod's containers, except those of this construct and of our later constructs. */
function othersOf(
  pod: kplus.AbstractPod,
  containers: readonly kplus.Container[],
  { programContainers }: AppModel,
): readonly kplus.Container[] {
  const ours = programContainers.get(pod) ?? [];
  const ownAndLater = ours.slice(ours.findIndex((container) => containers.includes(container)));
  return [...pod.initContainers, ...pod.containers].filter((container) => !ownAndLater.includes(container));
}
