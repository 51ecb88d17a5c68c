import { type ApiObject, Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { rendered } from '../api-objects';
import type { AppModel } from '../app-model';
import { podPath, renderedPod } from '../pod-spec';

type Labels = Readonly<Record<string, string>>;

/** A rendered NetworkPolicy that restricts egress. */
export interface EgressPolicy {
  readonly path: string;
  readonly chart: Chart;
  readonly namespace: string | undefined;
  readonly selector: kplus.k8s.LabelSelector;
  /** Whether it may allow egress to the API server. The address of the API server is not known here. */
  readonly allowsApiServer: boolean;
}

/** The app's policies that restrict egress. */
export function egressPoliciesOf(objects: readonly ApiObject[]): EgressPolicy[] {
  return objects
    .filter(({ kind, apiGroup }) => kind === 'NetworkPolicy' && apiGroup === 'networking.k8s.io')
    .flatMap(egressPolicyOf);
}

function egressPolicyOf(object: ApiObject): EgressPolicy[] {
  const {
    podSelector,
    egress,
    policyTypes = egress?.length ? ['Egress'] : [],
  } = rendered(object)?.spec ?? {};
  if (!policyTypes.includes('Egress')) {
    return [];
  }
  const rules: readonly kplus.k8s.NetworkPolicyEgressRule[] = egress ?? [];
  return [
    {
      path: object.node.path,
      chart: Chart.of(object),
      namespace: object.metadata.namespace,
      selector: podSelector ?? {},
      allowsApiServer: rules.some((rule) => allowsOutside(rule) && allowsTcp(rule)),
    },
  ];
}

/**
 * Whether a rule allows addresses outside the pod network. The API server has its node's address, which is not known
 * here.
 */
function allowsOutside({ to }: kplus.k8s.NetworkPolicyEgressRule): boolean {
  return !to?.length || to.some(({ ipBlock }) => ipBlock !== undefined);
}

/** Whether a rule allows TCP on a port other than 53, the port of DNS. */
function allowsTcp({ ports }: kplus.k8s.NetworkPolicyEgressRule): boolean {
  return (
    !ports?.length || ports.some(({ protocol = 'TCP', port }) => protocol === 'TCP' && Number(port) !== 53)
  );
}

/**
 * Checks that the policies of the pod's chart let the pod reach the API server. Policies of other charts may be for
 * another cluster, so they count only if they allow this egress.
 */
export function checkEgress(pod: kplus.AbstractPod, { egressPolicies }: AppModel): string[] {
  const near = egressPolicies.get(pod.metadata.namespace) ?? [];
  if (!near.some(({ chart }) => chart === Chart.of(pod))) {
    return [];
  }
  const labels = renderedPod(pod)?.metadata?.labels ?? {};
  const policies = near.filter(({ selector }) => selects(selector, labels));
  const denying = policies.filter(({ chart }) => chart === Chart.of(pod)).map(({ path }) => path);
  if (denying.length === 0 || policies.some(({ allowsApiServer }) => allowsApiServer)) {
    return [];
  }
  return [
    `${podPath(pod)} cannot reach the API server, which our container needs: ${denying.join(', ')} does not allow ` +
      'this egress (`isolate` and `connections` of cdk8s-plus create such policies). Add a policy that allows it: ' +
      "new kplus.NetworkPolicy(chart, 'ToApiServer', " +
      "{ selector: pod, egress: { rules: [{ peer: kplus.NetworkPolicyIpBlock.ipv4(chart, 'ApiServer', '192.0.2.1/32'), " +
      'ports: [kplus.NetworkPolicyPort.tcp(6443)] }] } }), with the address and port from `kubectl get endpointslices kubernetes ' +
      '--namespace default`.',
  ];
}

function selects({ matchLabels, matchExpressions }: kplus.k8s.LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every((expression) => isMet(expression, labels))
  );
}

function isMet({ key, operator, values = [] }: kplus.k8s.LabelSelectorRequirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
