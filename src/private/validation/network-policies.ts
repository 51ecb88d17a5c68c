import { type ApiObject, Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { rendered } from '../api-objects';
import type { AppModel } from '../app-model';
import { podPath, renderedPod } from '../pod-spec';

type Labels = Readonly<Record<string, string>>;

/** A NetworkPolicy that denies egress but for what it allows, as it is rendered. */
export interface EgressPolicy {
  readonly path: string;
  readonly chart: Chart;
  readonly namespace: string | undefined;
  readonly selector: kplus.k8s.LabelSelector;
  /** Whether it allows egress to the API server, as far as can be told. */
  readonly allowsApiServer: boolean;
}

/** The policies about egress among the objects of an app. */
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
      allowsApiServer: rules.some((rule) => leadsOut(rule) && takesTcp(rule)),
    },
  ];
}

/** Whether a rule leads to other addresses than those of pods: the API server has the one of its node, and nothing here knows it. */
function leadsOut({ to }: kplus.k8s.NetworkPolicyEgressRule): boolean {
  return !to?.length || to.some(({ ipBlock }) => ipBlock !== undefined);
}

/** Whether it is for more than DNS. */
function takesTcp({ ports }: kplus.k8s.NetworkPolicyEgressRule): boolean {
  return (
    !ports?.length || ports.some(({ protocol = 'TCP', port }) => protocol === 'TCP' && Number(port) !== 53)
  );
}

/**
 * Whether the policies of the pod's chart leave it a way to the API server. Those of other charts may be for another cluster, so
 * they only count where they allow it.
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
    `${podPath(pod)} is cut off from the API server, which our container has to reach: ${denying.join(', ')} denies all other ` +
      "egress (as `isolate` and `connections` of cdk8s-plus do). Add a policy that allows it: new kplus.NetworkPolicy(chart, 'ToApiServer', " +
      "{ selector: pod, egress: { rules: [{ peer: kplus.NetworkPolicyIpBlock.ipv4(chart, 'ApiServer', '192.0.2.1/32'), " +
      'ports: [kplus.NetworkPolicyPort.tcp(6443)] }] } }), with the address and port that `kubectl get endpointslices kubernetes ' +
      '--namespace default` says.',
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
