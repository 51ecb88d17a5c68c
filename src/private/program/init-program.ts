import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MultisiteInitOptions } from '../../multisite-init-options';
import { MultisiteKubeconfig } from '../../multisite-kubeconfig';
import type { MultisiteTarget } from '../../multisite-target';
import { AppRecord } from '../app-record';
import { imageReference, MULTISITE_IMAGE, pullPolicy } from '../image';
import { renderBefore } from '../render-order';
import { documentKey, type Entry } from '../validation/entries';
import { reportInitProgram, reportProps } from './check-init-program';
import { credentialArgs, credentialDependencies, credentialMounts, credentialOf } from './credential';
import { type KubeconfigObject, kubeconfigObject } from './kubeconfig-object';
import { addProgramContainer, literal, type Program } from './program-container';
import { addRefresher, refresherName } from './refresher';
import { allowCredential, allowKubeconfig } from './role';
import { runArgs } from './run-options';
import { addServiceAccount, PodIdentity } from './service-account';
import { addSidecar } from './sidecar';
import { objectNamespace, targetArgs, targetMount } from './target';
import { tokenVolume } from './token-volume';

export interface InitProgramProps extends MultisiteInitOptions {
  readonly pod: kplus.AbstractPod;
  readonly configMap?: kplus.IConfigMap;
  readonly secret?: kplus.ISecret;
  readonly target?: MultisiteTarget;
  readonly containerName: string;
  /** The pod's list that gets the container. */
  readonly list: 'containers' | 'initContainers';
  /** The port of the container that refreshes. Without a port, there is no refreshing. */
  readonly refreshPort?: number;
  /** Whether one native sidecar both initializes and refreshes. Needs a port. */
  readonly sidecar?: boolean;
  readonly metadata?: ApiObjectMetadata;
}

/** The init program in a pod, and the objects that it needs. */
export interface InitProgram {
  readonly container: kplus.Container;
  readonly refreshContainer?: kplus.Container;
  readonly serviceAccount: kplus.IServiceAccount;
  readonly role: kplus.Role;
  readonly roleBinding: kplus.RoleBinding;
}

/** Adds the init program to a pod. Its Role and RoleBinding become children of `scope`. */
export function addInitProgram(scope: Construct, props: InitProgramProps): InitProgram {
  const { pod } = props;
  const object = kubeconfigObject(scope, props);
  const entry = entryOf(scope, props, object);
  AppRecord.of(scope).entries.push(entry);
  reportProps(props, entry);

  const program = programOf(scope, props, object, entry);
  const { programContainers } = AppRecord.of(scope);
  const earlier = programContainers.get(pod) ?? [];
  const { container, refreshContainer } = addContainers(scope, props, program);
  const containers = refreshContainer === undefined ? [container] : [container, refreshContainer];
  programContainers.set(pod, [...earlier, ...containers]);
  const serviceAccount = pod.serviceAccount ?? addServiceAccount(scope, pod, props.metadata);
  const { role, roleBinding } = addRole(scope, props, entry, serviceAccount, roleName(scope, props, earlier));

  // The API server refuses a bare Pod if its ServiceAccount does not exist, and the program fails without its rights.
  const needed = [
    props.target?.kubeconfig ?? entry.object,
    serviceAccount,
    role,
    roleBinding,
    ...credentialDependencies(entry.credential),
  ];
  renderBefore(ApiObject.of(pod), needed);
  reportInitProgram(entry, containers, [role, roleBinding]);
  return { container, refreshContainer, serviceAccount, role, roleBinding };
}

function addContainers(
  scope: Construct,
  { pod, containerName: name, list, refreshPort, sidecar }: InitProgramProps,
  program: Program,
): Pick<InitProgram, 'container' | 'refreshContainer'> {
  if (refreshPort === undefined) {
    return { container: addProgramContainer(pod, program, { name, list }) };
  }
  if (sidecar) {
    return { container: addSidecar(scope, pod, program, name, refreshPort) };
  }
  const container = addProgramContainer(pod, program, { name, list });
  const refreshContainer = addRefresher(scope, pod, program, refresherName(name), refreshPort);
  return { container, refreshContainer };
}

function entryOf(
  construct: Construct,
  props: InitProgramProps,
  { kind, resource: object }: KubeconfigObject,
): Entry {
  const { pod, target, key = MultisiteKubeconfig.DEFAULT_KEY } = props;
  return {
    construct,
    pod,
    kind,
    object,
    key,
    isElsewhere: target !== undefined,
    document: documentKey(kind, object, key, pod, target),
    location: props.location ?? 'central',
    user: props.user ?? 'user00',
    credential: credentialOf(construct, props.credential),
  };
}

function programOf(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  entry: Entry,
): Program {
  const { pod, target, containerName } = props;
  const namespace = objectNamespace(object.resource, pod, target);
  return {
    name: 'multisite-init',
    image: imageReference(props.image, MULTISITE_IMAGE),
    imagePullPolicy: pullPolicy(props.image),
    args: [
      `--namespace=${namespace ?? '$(POD_NAMESPACE)'}`,
      `--location=${literal(entry.location)}`,
      `--user=${literal(entry.user)}`,
      `${object.flag}=${object.resource.name}`,
      `--key=${entry.key}`,
      ...credentialArgs(entry.credential),
      ...(target === undefined ? [] : targetArgs(target)),
      ...runArgs(props),
    ],
    asksForNamespace: namespace === undefined,
    resources: props.resources,
    arbitraryUser: props.arbitraryUser,
    mounts: [
      ...credentialMounts(entry.credential),
      ...(target === undefined ? [] : [targetMount(scope, `${containerName}-target`, target)]),
    ],
    token: tokenVolume(scope, 'Token', `${containerName}-token`),
  };
}

/** The name of the Role and the RoleBinding. */
function roleName(
  { node }: Construct,
  { pod, containerName, metadata }: InitProgramProps,
  earlier: readonly kplus.Container[],
): string {
  // A duplicate container name is reported already. So the Role's name is then not derived from it. Otherwise the
  // Role's name would be reported too.
  const suffix = earlier.some(({ name }) => name === containerName) ? node.addr : containerName;
  return metadata?.name ?? `${pod.name}-${suffix}`;
}

/** Adds the pod's Role, and the RoleBinding to its ServiceAccount. */
function addRole(
  scope: Construct,
  { pod, refreshPort, target, metadata: given }: InitProgramProps,
  { object, credential }: Entry,
  serviceAccount: kplus.IServiceAccount,
  name: string,
): Pick<InitProgram, 'role' | 'roleBinding'> {
  const metadata = { ...given, name, namespace: pod.metadata.namespace };
  const role = new kplus.Role(scope, 'Role', { metadata });
  // In another cluster, the user of the target's kubeconfig has this right.
  if (target === undefined) {
    allowKubeconfig(role, object, refreshPort !== undefined);
  }
  allowCredential(role, credential);
  const roleBinding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  roleBinding.addSubjects(new PodIdentity(scope, 'Identity', pod, serviceAccount));
  return { role, roleBinding };
}
