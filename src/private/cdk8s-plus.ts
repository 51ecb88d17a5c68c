import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

// This file has all uses of internals of cdk8s-plus-27 and cdk8s. Their types hide these internals. After an upgrade of
// cdk8s-plus-27 or cdk8s, check this file first.

interface Rendering<T extends unknown[], R> {
  _toKube(...args: T): R;
}

export function renderedVolume(volume: kplus.Volume): kplus.k8s.Volume {
  return (volume as unknown as Rendering<[], kplus.k8s.Volume>)._toKube();
}

/** One rendered container. The public API of cdk8s-plus-27 renders whole pods only. */
export function renderedContainer(container: kplus.Container): kplus.k8s.Container {
  return (container as unknown as Rendering<[], kplus.k8s.Container>)._toKube();
}

export function renderedProbe(probe: kplus.Probe, container: kplus.Container): kplus.k8s.Probe {
  return (probe as unknown as Rendering<[kplus.Container], kplus.k8s.Probe>)._toKube(container);
}

export function renderedSelector(selector: kplus.LabelSelector): kplus.k8s.LabelSelector {
  return (selector as unknown as Rendering<[], kplus.k8s.LabelSelector>)._toKube();
}

/**
 * A projected volume. cdk8s-plus-27 has no method for it, so this function calls the constructor that its other volumes
 * use. A JSON patch would have to know the volume's index, which changes with every volume and mount added later.
 *
 * @param sources with the field names of the L1 classes (`downwardApi`), which drop unknown fields
 */
export function projectedVolume(
  scope: Construct,
  id: string,
  name: string,
  sources: readonly kplus.k8s.VolumeProjection[],
): kplus.Volume {
  return Reflect.construct(kplus.Volume, [scope, id, name, { projected: { sources } }]);
}

export function patchCount(object: ApiObject): number {
  return (object as unknown as { readonly patches: readonly unknown[] }).patches.length;
}

/**
 * Changes the manifest of an object when it is rendered. The change runs last, after the class has dropped unknown
 * fields.
 *
 * @returns a function that renders the object without the change
 */
export function changeRendered<T extends object>(object: ApiObject, change: (manifest: T) => T): () => T {
  const render = object.toJson.bind(object);
  object.toJson = () => change(render());
  return render;
}

/** The object with all its JSON patches, before its class drops the fields that Kubernetes 1.27 did not have. */
export function withPatches(object: ApiObject): unknown {
  return ApiObject.prototype.toJson.call(object);
}
