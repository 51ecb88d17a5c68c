import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

// Everything that this package uses of the internals of cdk8s-plus-27, and of cdk8s below it: their typing hides it. After an
// upgrade of either, look here first.

interface Rendering<T extends unknown[], R> {
  _toKube(...args: T): R;
}

/** What a volume holds. */
export function renderedVolume(volume: kplus.Volume): kplus.k8s.Volume {
  return (volume as unknown as Rendering<[], kplus.k8s.Volume>)._toKube();
}

/** A container, of which cdk8s-plus-27 renders whole pods only. */
export function renderedContainer(container: kplus.Container): kplus.k8s.Container {
  return (container as unknown as Rendering<[], kplus.k8s.Container>)._toKube();
}

/** What a probe asks, in the container that it is for. */
export function renderedProbe(probe: kplus.Probe, container: kplus.Container): kplus.k8s.Probe {
  return (probe as unknown as Rendering<[kplus.Container], kplus.k8s.Probe>)._toKube(container);
}

/**
 * A projected volume, which cdk8s-plus-27 has no method for: this calls the constructor that all its own volumes come from. A
 * JSON patch would have to know the volume's index, which changes with every volume and mount added later.
 *
 * @param sources as the L1 spells them (`downwardApi`); it drops what it does not know
 */
export function projectedVolume(
  scope: Construct,
  id: string,
  name: string,
  sources: readonly kplus.k8s.VolumeProjection[],
): kplus.Volume {
  return Reflect.construct(kplus.Volume, [scope, id, name, { projected: { sources } }]);
}

/** How many JSON patches an object has. */
export function patchCount(object: ApiObject): number {
  return (object as unknown as { readonly patches: readonly unknown[] }).patches.length;
}

/**
 * Has an object rendered with a change: the last, after the class of its kind has dropped what it does not know.
 *
 * @returns what renders the object without the change
 */
export function changeRendered<T extends object>(object: ApiObject, change: (manifest: T) => T): () => T {
  const render = object.toJson.bind(object);
  object.toJson = () => change(render());
  return render;
}

/** An object with all its JSON patches, before the class of its kind drops the fields that Kubernetes 1.27 did not have. */
export function withPatches(object: ApiObject): unknown {
  return ApiObject.prototype.toJson.call(object);
}
