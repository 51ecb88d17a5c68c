import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { restrictLastContainer } from '../pod-security/restrict';
import { addFields } from './rendered-fields';
import { TOKEN_MOUNT_PATH } from './token-volume';

/** The user of the runtime image; explicit, since the pod's other containers may run as another. */
const USER = 65532;

/** By a patch, since cdk8s-plus-27 renders a user and a group of its own where none is given. */
const NO_USER = { 'securityContext/runAsUser': undefined, 'securityContext/runAsGroup': undefined };

/** What a program of the runtime image needs to be told, and what it runs with. */
export interface Program {
  /** Its command in the image: the image may hold several programs. */
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: kplus.ImagePullPolicy;
  readonly args: readonly string[];
  /** Whether the arguments contain `$(POD_NAMESPACE)`. */
  readonly asksForNamespace: boolean;
  readonly resources?: kplus.ContainerResources;
  /** Whether the platform chooses its user and group. */
  readonly arbitraryUser?: boolean;
  /** What it mounts besides the token. */
  readonly mounts: readonly kplus.VolumeMount[];
  /** The pod's API token. */
  readonly token: kplus.Volume;
}

/** What sets one container of a program apart from another. */
export interface ProgramContainerProps {
  readonly name: string;
  /** Which of the pod's lists the container goes to. */
  readonly list: 'containers' | 'initContainers';
  readonly moreArgs?: readonly string[];
  readonly liveness?: kplus.Probe;
  /** Fields of the container, as Kubernetes has them, that cdk8s-plus is not to know or cannot express. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Fields that the container has in Kubernetes after 1.27, or where cdk8s-plus-27 takes none. */
  readonly newFields?: Readonly<Record<string, unknown>>;
}

/** Adds a container that runs a program, restricted, to a pod. */
export function addProgramContainer(
  pod: kplus.AbstractPod,
  program: Program,
  props: ProgramContainerProps,
): kplus.Container {
  const { name, list } = props;
  const containerProps = containerPropsOf(program, props);
  const container =
    list === 'initContainers' ? pod.addInitContainer(containerProps) : pod.addContainer(containerProps);

  restrictLastContainer(pod, list, name, { ...props.fields, ...(program.arbitraryUser ? NO_USER : {}) });
  if (props.newFields !== undefined) {
    addFields(pod, list, name, props.newFields);
  }
  return container;
}

/** Made anew for each container, since a container keeps and changes the collections it is given. */
function containerPropsOf(program: Program, props: ProgramContainerProps): kplus.ContainerProps {
  return {
    name: props.name,
    image: program.image,
    imagePullPolicy: program.imagePullPolicy,
    command: [program.name],
    args: [...program.args, ...(props.moreArgs ?? [])],
    envVariables: program.asksForNamespace
      ? { POD_NAMESPACE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAMESPACE) }
      : {},
    resources: program.resources ?? {
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
    volumeMounts: [{ path: TOKEN_MOUNT_PATH, volume: program.token, readOnly: true }, ...program.mounts],
    liveness: props.liveness,
  };
}

/**
 * An argument's text as Kubernetes is to leave it: it expands `$(NAME)`, and takes `$$` for the character itself.
 * What a templating tool is to fill in, `{{ … }}`, stays as it is.
 */
export function literal(text: string): string {
  return text.replace(/\{\{.*?\}\}|\$/gs, (part) => (part === '$' ? '$$' : part));
}
