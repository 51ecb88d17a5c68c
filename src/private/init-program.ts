import { ApiObject, type ApiObjectMetadata, Chart, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { MultisiteInitOptions } from '../multisite-init-options';
import { MultisiteKubeconfig } from '../multisite-kubeconfig';
import { SiteCredential } from '../site-credential';
import { checkAccountNamespace } from './account-namespace';
import { checkContainerName, checkDataKey, checkEntryName, checkMetadata, refuse } from './checks';
import { allowTokenRequests, credentialArgs } from './credential';
import { Identity } from './identity';
import { imageReference, MULTISITE_IMAGE } from './image-reference';
import { type KubeconfigObject, kubeconfigObject, objectErrors } from './kubeconfig-object';
import { podSpecPath } from './pod-spec';
import { TOKEN_MOUNT_PATH, tokenVolume } from './token-volume';

/** The user of the runtime image; explicit, since the pod's other containers may run as another. */
const USER = 65532;

export interface InitProgramProps extends MultisiteInitOptions {
  readonly pod: kplus.AbstractPod;
  readonly configMap?: kplus.IConfigMap;
  readonly secret?: kplus.ISecret;
  readonly containerName: string;
  /** Which of the pod's lists the container goes to. */
  readonly list: 'containers' | 'initContainers';
  readonly metadata?: ApiObjectMetadata;
}

/** The init program in a pod, with all that it needs there. */
export interface InitProgram {
  readonly container: kplus.Container;
  readonly serviceAccount: kplus.IServiceAccount;
  readonly role: kplus.Role;
  readonly roleBinding: kplus.RoleBinding;
}

/** Adds the init program to a pod; its Role and RoleBinding become children of `scope`. */
export function addInitProgram(scope: Construct, props: InitProgramProps): InitProgram {
  const { pod } = props;
  const object = kubeconfigObject(scope, props);
  const credential = props.credential ?? SiteCredential.podIdentity();
  check(scope, props, object, credential);

  const container = addContainer(scope, props, object, credential);
  const serviceAccount = pod.serviceAccount ?? ownServiceAccount(scope, pod, props.metadata);

  const metadata = { ...props.metadata, namespace: pod.metadata.namespace };
  const role = new kplus.Role(scope, 'Role', { metadata });
  role.allow(['get', 'patch'], object.resource);
  if (credential.serviceAccount !== undefined) {
    allowTokenRequests(role, credential.serviceAccount);
    ApiObject.of(pod).addDependency(credential.serviceAccount);
  }
  const roleBinding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  roleBinding.addSubjects(new Identity(scope, 'Identity', pod, serviceAccount));

  // A bare pod is refused while its ServiceAccount does not exist, and the program fails without its rights.
  ApiObject.of(pod).addDependency(
    object.resource,
    serviceAccount,
    ApiObject.of(role),
    ApiObject.of(roleBinding),
  );

  return { container, serviceAccount, role, roleBinding };
}

function check(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  credential: SiteCredential,
): void {
  const { pod, containerName } = props;
  checkMetadata(scope, props.metadata);
  checkContainerName(scope, containerName);
  checkDataKey(scope, keyOf(props));
  checkEntryName(scope, 'location', locationOf(props));
  checkEntryName(scope, 'user', userOf(props));
  checkNamespaces(scope, pod, object);
  if (credential.serviceAccount !== undefined) {
    checkAccountNamespace(scope, pod, credential.serviceAccount);
  }

  if (namesOf(pod).includes(containerName)) {
    refuse(
      scope,
      `${pod.node.path} has a container named ${containerName} already: give this one another containerName, ` +
        'or add it once.',
    );
  }
  scope.node.addValidation({ validate: () => lateErrors(props, object) });
}

function checkNamespaces(scope: Construct, pod: kplus.AbstractPod, object: KubeconfigObject): void {
  const { namespace } = pod.metadata;
  const chart = Chart.of(scope);
  if (namespace === undefined && chart.namespace !== undefined) {
    refuse(
      scope,
      `this chart has the namespace ${chart.namespace}, the pod has none: give both the same chart.`,
    );
  }
  const { kind, resource } = object;
  if (resource instanceof kplus.Resource && resource.metadata.namespace !== namespace) {
    refuse(
      scope,
      `${kind} ${resource.name} is in ${inWords(resource.metadata.namespace)}, the pod in ${inWords(namespace)}: ` +
        `a pod reads ${kind}s of its own namespace only, so give both the same.`,
    );
  }
}

/** What can still go wrong after the constructor: the pod and the object stay open to change. */
function lateErrors(props: InitProgramProps, object: KubeconfigObject): string[] {
  const { pod, containerName } = props;
  const errors = objectErrors(object, keyOf(props));
  if (namesOf(pod).filter((name) => name === containerName).length > 1) {
    errors.push(
      `${pod.node.path} has several containers named ${containerName}: give the later one another name.`,
    );
  }
  return errors;
}

function addContainer(
  scope: Construct,
  props: InitProgramProps,
  object: KubeconfigObject,
  credential: SiteCredential,
): kplus.Container {
  const { pod, containerName, list } = props;
  const path = podSpecPath(scope, pod);
  const namespace = pod.metadata.namespace;
  const containerProps: kplus.ContainerProps = {
    name: containerName,
    image: imageReference(scope, props.image, MULTISITE_IMAGE),
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    // Named, not left to the image's entrypoint: the image holds several programs.
    command: ['multisite-init'],
    args: [
      `--namespace=${namespace ?? '$(POD_NAMESPACE)'}`,
      `--location=${literal(locationOf(props))}`,
      `--user=${literal(userOf(props))}`,
      `${object.flag}=${object.resource.name}`,
      `--key=${keyOf(props)}`,
      ...credentialArgs(credential),
    ],
    envVariables:
      namespace === undefined
        ? { POD_NAMESPACE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAMESPACE) }
        : {},
    resources: props.resources ?? {
      cpu: { request: kplus.Cpu.millis(10) },
      memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
    },
    securityContext: {
      user: USER,
      group: USER,
      ensureNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [
      {
        path: TOKEN_MOUNT_PATH,
        volume: tokenVolume(scope, 'Token', `${containerName}-token`),
        readOnly: true,
      },
    ],
  };
  const container =
    list === 'initContainers' ? pod.addInitContainer(containerProps) : pod.addContainer(containerProps);

  // Containers are only ever appended, so that this index holds; the test stops the synthesis where an
  // earlier patch has moved them after all, rather than to leave ours less restricted than it says.
  const at = `${path}/${list}/${pod[list].length - 1}`;
  ApiObject.of(pod).addJsonPatch(
    JsonPatch.test(`${at}/name`, containerName),
    JsonPatch.add(`${at}/securityContext/capabilities`, { drop: ['ALL'] }),
    JsonPatch.add(`${at}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
  );
  return container;
}

/**
 * The ServiceAccount of a pod that came without one. It is a child of the pod, whose identity it is, so
 * that a second init container finds it there. The pod's own field for it is read-only.
 */
function ownServiceAccount(
  scope: Construct,
  pod: kplus.AbstractPod,
  metadata: ApiObjectMetadata | undefined,
): kplus.ServiceAccount {
  const id = 'MultisiteServiceAccount';
  const existing = pod.node.tryFindChild(id);
  if (existing instanceof kplus.ServiceAccount) {
    return existing;
  }
  const account = new kplus.ServiceAccount(pod, id, {
    metadata: { ...metadata, namespace: pod.metadata.namespace },
  });
  const path = podSpecPath(scope, pod);
  ApiObject.of(pod).addJsonPatch(JsonPatch.add(`${path}/serviceAccountName`, account.name));
  return account;
}

function locationOf(props: InitProgramProps): string {
  return props.location ?? 'central';
}

function userOf(props: InitProgramProps): string {
  return props.user ?? 'user00';
}

function keyOf(props: InitProgramProps): string {
  return props.key ?? MultisiteKubeconfig.DEFAULT_KEY;
}

function namesOf(pod: kplus.AbstractPod): string[] {
  return [...pod.containers, ...pod.initContainers].map((container) => container.name);
}

function inWords(namespace: string | undefined): string {
  return namespace === undefined ? 'no namespace' : `namespace ${namespace}`;
}

/** Kubernetes expands `$(NAME)` in arguments; `$$` stands for the character itself. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
