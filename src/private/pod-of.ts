import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import { ApiObjectPod, podSpecIn } from './api-object-pod';
import { apiObjectOf, rendered } from './api-objects';

const HINT =
  'give a Pod, a Deployment or another object with a pod template, from any version of cdk8s-plus or from cdk8s itself';

/**
 * The pod that a construct renders. If it renders no pod, a stand-in pod, so that the construct works until the
 * synthesis fails.
 */
export function podOf(construct: Construct, given: IConstruct): kplus.AbstractPod {
  if (given instanceof kplus.AbstractPod) {
    return given;
  }
  const object = objectOf(given);
  if (object === undefined) {
    const nothing = new ApiObject(construct, 'NoPod', { apiVersion: 'v1', kind: 'Pod', spec: {} });
    return ApiObjectPod.of(nothing, construct.node.path);
  }
  const owner = object.node.scope;
  return owner instanceof kplus.AbstractPod ? owner : ApiObjectPod.of(object, given.node.path);
}

/** Checks that a construct renders a pod, or an object with a pod template. */
export function checkPodOf(given: IConstruct): string[] {
  if (given instanceof kplus.AbstractPod) {
    return [];
  }
  if (!Construct.isConstruct(given)) {
    return [`pod is not a construct: ${HINT}.`];
  }
  const { path } = given.node;
  const object = objectOf(given);
  if (object === undefined) {
    return [
      `pod is ${path}, which does not render exactly one object: ${HINT}. For Include and Helm, give one of their apiObjects.`,
    ];
  }
  const failure = failureOf(object);
  if (failure !== undefined) {
    return [
      `pod is ${path}, which cannot be rendered yet: complete it before you create this construct. ${failure}`,
    ];
  }
  return object.node.scope instanceof kplus.AbstractPod || podSpecIn(rendered(object)) !== undefined
    ? []
    : [`pod is ${path}, a ${object.kind} in which no pod can be found: ${HINT}.`];
}

function objectOf(given: IConstruct): ApiObject | undefined {
  return Construct.isConstruct(given) ? apiObjectOf(given) : undefined;
}

/** Why an object cannot be rendered. */
function failureOf(object: ApiObject): string | undefined {
  try {
    object.toJson();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
