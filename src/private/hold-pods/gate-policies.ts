import type * as kplus from 'cdk8s-plus-27';
import { celString, inWords, isSentBy, type Requesters } from './requesters';

type Spec = Readonly<Record<string, unknown>>;

/** The specification of the policy that adds the gate to new pods. */
export function addGateSpec(gate: string, namespaceSelector: kplus.k8s.LabelSelector): Spec {
  const gates = `[Object.spec.schedulingGates{name: ${celString(gate)}}]`;
  return {
    // If a later policy or webhook removes the gate, this policy adds it again.
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: { namespaceSelector, resourceRules: [onPods('CREATE')] },
    matchConditions: [
      // The API server refuses a pod that has both a node and a gate. The kubelet's mirror pods have a node.
      { name: 'not-bound', expression: 'object.spec.?nodeName.orValue("") == ""' },
    ],
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        // It adds one gate to the list, whose key is the name, and touches no other field.
        applyConfiguration: { expression: `Object{spec: Object.spec{schedulingGates: ${gates}}}` },
      },
    ],
  };
}

/** The specification of the policy that keeps the gate on pods, except for requests of those who may remove it. */
export function keepGateSpec(
  gate: string,
  namespaceSelector: kplus.k8s.LabelSelector,
  mayRemove: Requesters,
): Spec {
  return {
    matchConstraints: { namespaceSelector, resourceRules: [onPods('CREATE', 'UPDATE')] },
    matchConditions: [
      // The kubelet creates mirror pods, which show the static pods of its node.
      {
        name: 'not-a-mirror-pod',
        expression:
          '!("kubernetes.io/config.mirror" in object.metadata.?annotations.orValue({}) && ' +
          `${isSentBy({ users: [], groups: ['system:nodes'] })})`,
      },
    ],
    variables: [
      { name: 'hasGate', expression: hasGate('object', gate) },
      {
        name: 'needsGate',
        expression: `request.operation == "CREATE" || ${hasGate('oldObject', gate)}`,
      },
      { name: 'mayRemoveGate', expression: isSentBy(mayRemove) },
    ],
    validations: [
      {
        expression: 'variables.hasGate || !variables.needsGate || variables.mayRemoveGate',
        messageExpression:
          'request.operation == "CREATE" ? ' +
          `${celString(`a new pod needs the scheduling gate ${gate} here, and a pod with a nodeName cannot have one: leave out nodeName`)} : ` +
          `request.userInfo.username + ${celString(` may not remove the scheduling gate ${gate}; these may: ${inWords(mayRemove)}`)}`,
        reason: 'Forbidden',
      },
    ],
  };
}

function onPods(...operations: string[]) {
  return { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations };
}

function hasGate(object: string, gate: string): string {
  return `${object}.spec.?schedulingGates.orValue([]).exists(gate, gate.name == ${celString(gate)})`;
}
