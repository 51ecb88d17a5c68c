import type * as kplus from 'cdk8s-plus-27';
import { renderedSelector } from '../cdk8s-plus';
import { givenInWords } from '../validation/objects';

/** The label that Kubernetes puts on each namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The namespace selector of a policy: the chosen namespaces without those that are never held. */
export function namespaceSelector(
  chosen: kplus.INamespaceSelector,
  neverHeld: readonly string[],
): kplus.k8s.LabelSelector {
  const { labelSelector, names = [] } = isSelector(chosen) ? chosen.toNamespaceSelectorConfig() : {};
  const { matchLabels, matchExpressions = [] } =
    labelSelector === undefined ? {} : renderedSelector(labelSelector);
  return {
    matchLabels,
    matchExpressions: [
      ...matchExpressions,
      ...(names.length === 0 ? [] : [{ key: NAME_LABEL, operator: 'In', values: names }]),
      { key: NAME_LABEL, operator: 'NotIn', values: [...new Set(neverHeld)] },
    ],
  };
}

/** In other languages a caller may give any value. */
function isSelector(given: unknown): given is kplus.INamespaceSelector {
  return typeof (given as Partial<kplus.INamespaceSelector> | null)?.toNamespaceSelectorConfig === 'function';
}

export function checkNamespaceSelector(prop: string, given: kplus.INamespaceSelector): string[] {
  return isSelector(given)
    ? []
    : [
        `${prop} is ${givenInWords(given)}: give a kplus.Namespace, kplus.Namespaces.select(…) or kplus.Namespaces.all(…).`,
      ];
}
