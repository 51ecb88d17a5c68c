import type { ApiObject, ApiObjectMetadata } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { IMetainit } from './metainit';
import { addGateSpec, keepGateSpec } from './private/hold-pods/gate-policies';
import { checkNamespaceSelector, namespaceSelector } from './private/hold-pods/held-namespaces';
import { limitLabelSpec } from './private/hold-pods/label-policy';
import { checkMutatingVersion, mutatingVersion } from './private/hold-pods/mutating-version';
import { addPolicy, VALIDATING } from './private/hold-pods/policy';
import { checkSubjects, requestersOf, withUsers } from './private/hold-pods/requesters';
import { reportNames } from './private/validation/duplicate-names';
import { checkQualifiedName, reportMetadata } from './private/validation/metadata';
import { givenInWords } from './private/validation/objects';
import { report } from './private/validation/report';
import { checkObjectName } from './private/validation/values';

/**
 * Properties for `HoldPods`.
 */
export interface HoldPodsProps {
  /**
   * Name of the scheduling gate that holds the pods, like "example.com/hold". If `metainit` has `gates`, this gate must
   * be one of them.
   */
  readonly gate: string;

  /**
   * The namespaces whose new pods are held: a `kplus.Namespace`, `kplus.Namespaces.select` or `kplus.Namespaces.all`.
   * The namespace `kube-system` and the namespace of `metainit` are never held.
   */
  readonly namespaces: kplus.INamespaceSelector;

  /**
   * The program that releases labelled pods. It may remove the gate.
   */
  readonly metainit: IMetainit;

  /**
   * Who may remove the gate, besides `metainit`: the controllers that release pods. They may also create pods that
   * have a node from the start, because such a pod can have no gate.
   *
   * @default - Only `metainit` may.
   */
  readonly mayRemoveGate?: kplus.ISubject[];

  /**
   * Who may set the label of `metainit` on pods and pod templates, in all namespaces, and change pod templates that
   * have it: the people and programs that deploy labelled controllers. A pod with the label escapes every hold. The
   * controllers of Kubernetes, which copy pod templates, may do so too.
   */
  readonly maySetLabel: kplus.ISubject[];

  /**
   * The version of Kubernetes on your oldest cluster, like "1.36". It decides the API of MutatingAdmissionPolicy:
   *
   * - to 1.31: there is none, which is a mistake.
   * - 1.32 and 1.33: `v1alpha1`, off by default, which is a mistake.
   * - 1.34 and 1.35: `v1beta1`, off by default. Turn it on with `--feature-gates=MutatingAdmissionPolicy=true` and
   *   `--runtime-config=admissionregistration.k8s.io/v1beta1=true` at the API server. Kubernetes 1.40 removes it.
   * - from 1.36: `v1`, on by default.
   *
   * @default "1.28" - The oldest version that this package supports, which is a mistake here.
   */
  readonly kubernetesVersion?: string;

  /**
   * Labels, annotations and name of the policies and their bindings. The policies that limit requests have the suffixes
   * `-gate` and `-label`.
   *
   * @default - The name is the gate's name, with "-" in place of "/".
   */
  readonly metadata?: ApiObjectMetadata;
}

/**
 * Holds new pods of some namespaces with a scheduling gate, until somebody removes the gate. It consists of three
 * admission policies with their bindings, which the API server evaluates. There is no webhook to run.
 *
 * - A MutatingAdmissionPolicy adds the gate. It leaves alone pods that have a node already.
 * - A ValidatingAdmissionPolicy refuses requests that remove the gate, and new pods that have a node already, except
 *   from `mayRemoveGate`. It binds cluster administrators too. The kubelet's mirror pods pass.
 * - A ValidatingAdmissionPolicy refuses requests that set the label of `metainit`, except from `maySetLabel`. It looks
 *   at pods and at the pod templates of workloads, so that nobody sets the label through a Deployment.
 *
 * A policy works a moment after its creation. Pods that exist by then are neither held nor checked. If a policy cannot
 * be evaluated, the API server refuses the request (`failurePolicy: Fail`).
 */
export class HoldPods extends Construct {
  /**
   * The MutatingAdmissionPolicy that adds the gate.
   */
  public readonly mutatingPolicy: ApiObject;

  /**
   * The MutatingAdmissionPolicyBinding of `mutatingPolicy`.
   */
  public readonly mutatingBinding: ApiObject;

  /**
   * The ValidatingAdmissionPolicy that limits who may remove the gate.
   */
  public readonly gatePolicy: ApiObject;

  /**
   * The ValidatingAdmissionPolicyBinding of `gatePolicy`.
   */
  public readonly gateBinding: ApiObject;

  /**
   * The ValidatingAdmissionPolicy that limits who may set the label.
   */
  public readonly labelPolicy: ApiObject;

  /**
   * The ValidatingAdmissionPolicyBinding of `labelPolicy`.
   */
  public readonly labelBinding: ApiObject;

  constructor(scope: Construct, id: string, props: HoldPodsProps) {
    super(scope, id);
    const { gate, mayRemoveGate = [], maySetLabel, kubernetesVersion } = props;
    const isRight = isMetainit(props.metainit);
    const metainit = isRight ? props.metainit : INSTEAD;
    const name = props.metadata?.name ?? gate.replace('/', '-');
    reportMetadata(this, props.metadata, 'policies belong to no namespace');
    report(this, [
      ...checkQualifiedName('gate', gate),
      ...(props.metadata?.name === undefined
        ? checkObjectName('metadata.name (by default the gate with "-" in place of "/")', name)
        : []),
      ...checkNamespaceSelector('namespaces', props.namespaces),
      ...(isRight
        ? checkReleases(metainit, gate)
        : [`metainit is ${givenInWords(props.metainit)}: give a Metainit or a MetainitStaticPod.`]),
      ...checkSubjects('mayRemoveGate', mayRemoveGate),
      ...checkSubjects('maySetLabel', maySetLabel),
      ...checkMutatingVersion(kubernetesVersion),
    ]);
    const metadata = (suffix = '') => ({ ...props.metadata, name: `${name}${suffix}`, namespace: undefined });
    const held = namespaceSelector(props.namespaces, ['kube-system', metainit.namespaceName]);

    const kind = 'MutatingAdmissionPolicy';
    const mutating = { kind, version: mutatingVersion(kubernetesVersion), binding: {} } as const;
    const added = addPolicy(this, 'Mutating', mutating, metadata(), addGateSpec(gate, held));
    this.mutatingPolicy = added.policy;
    this.mutatingBinding = added.binding;
    this.node.defaultChild = added.policy;

    const releasers = withUsers(requestersOf(mayRemoveGate), [metainit.userName]);
    const kept = addPolicy(this, 'Gate', VALIDATING, metadata('-gate'), keepGateSpec(gate, held, releasers));
    this.gatePolicy = kept.policy;
    this.gateBinding = kept.binding;

    const limited = limitLabelSpec(metainit.label, requestersOf(maySetLabel));
    const label = addPolicy(this, 'Label', VALIDATING, metadata('-label'), limited);
    this.labelPolicy = label.policy;
    this.labelBinding = label.binding;

    reportNames(this, () => [added, kept, label].flatMap(({ policy, binding }) => [policy, binding]));
  }
}

/** Stands in for what is no metainit, until the synthesis fails. */
const INSTEAD: IMetainit = { label: 'instead', namespaceName: 'instead', userName: 'instead' };

/** In other languages a caller may give any value. */
function isMetainit(given: IMetainit): boolean {
  return typeof given?.userName === 'string';
}

/** Pods that metainit does not release would be held forever, although they have its label. */
function checkReleases({ gates = [] }: IMetainit, gate: string): string[] {
  return gates.length === 0 || gates.includes(gate)
    ? []
    : [
        `gate ${JSON.stringify(gate)} is not one of the gates that metainit removes (${gates.join(', ')}): add it to gates of metainit, or leave out gates.`,
      ];
}
