import { resourceOf } from '../../kube/data-objects.ts';
import type { Options } from './options.ts';

/**
 * What RBAC lacks, in words that can be typed into a Role; undefined where something else than RBAC said no. The
 * message has one form since Kubernetes 1.9 (k8s.io/apiserver, pkg/endpoints/handlers/responsewriters).
 */
export function missingRule(detail: string, options: Options): string | undefined {
  const [, name, user, verb, resource, namespace] =
    /^\S+(?: "([^"]*)")? is forbidden: User "([^"]*)" cannot (\w+) resource "([^"]*)" in API group "[^"]*"(?: in the namespace "([^"]*)")?/.exec(
      detail,
    ) ?? [];
  if (user === undefined) {
    return undefined;
  }
  const isTarget = resource === resourceOf(options.target) && name === options.target.name;
  const verbs = isTarget ? ['get', 'patch', ...(options.watch ? ['watch'] : [])] : [verb];
  const names = name === undefined || name === '' ? options.target.name : name;
  return (
    `Let ${user} have a Role in namespace ${namespace ?? options.target.namespace} with apiGroups [""], ` +
    `resources ["${resource}"], resourceNames ["${names}"], verbs [${verbs.map((word) => `"${word}"`).join(', ')}].`
  );
}
