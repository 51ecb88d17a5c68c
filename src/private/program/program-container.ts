import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { restrictLastContainer } from '../pod-security/restrict';
import { addFields } from './rendered-fields';
import { TOKEN_MOUNT_PATH } from './token-volume';

/** The user of the runtime image. It is explicit, because the pod's security context may have another user. */
const USER = 65532;

/** Removed by a patch, because cdk8s-plus-27 renders a default user and group. */
const NO_USER = { 'securityContext/runAsUser': undefined, 'securityContext/runAsGroup': undefined };

/** The arguments of a program in the runtime image, and what its container needs. */
export interface Program {
  /** The program's command. The image may hold several programs. */
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: kplus.ImagePullPolicy;
  readonly args: readonly string[];
  /** Whether the arguments contain `$(POD_NAMESPACE)`. */
  readonly asksForNamespace: boolean;
  readonly resources?: kplus.ContainerResources;
  /** Whether the platform chooses the container's user and group. */
  readonly arbitraryUser?: boolean;
  /** The volume mounts, without the token. */
  readonly mounts: readonly kplus.VolumeMount[];
  /** The pod's API token. A static pod has none. */
  readonly token?: kplus.Volume;
}

/** The props that differ between the containers of a program. */
export interface ProgramContainerProps {
  readonly name: string;
  /** The pod's list that gets the container. */
  readonly list: 'containers' | 'initContainers';
  readonly moreArgs?: readonly string[];
  readonly liveness?: kplus.Probe;
  readonly readiness?: kplus.Probe;
  /** Fields of the container in Kubernetes' own form: those that cdk8s-plus cannot express, or must not see. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Fields that are newer than Kubernetes 1.27, or that cdk8s-plus-27 does not allow in this kind of container. */
  readonly newFields?: Readonly<Record<string, unknown>>;
}

/** Adds a restricted container that runs a program to a pod. */
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

/** The props are created again for each container, because a container changes the collections in its props. */
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
    volumeMounts: [...tokenMounts(program), ...program.mounts],
    liveness: props.liveness,
    readiness: props.readiness,
  };
}

function tokenMounts({ token }: Program): kplus.VolumeMount[] {
  return token === undefined ? [] : [{ path: TOKEN_MOUNT_PATH, volume: token, readOnly: true }];
}

/**
 * Escapes an argument. Kubernetes expands `$(NAME)` in arguments, and reads `$$` as `$`. Templates (`{{ … }}`) stay
 * unchanged.
 */
export function literal(text: string): string {
  return text.replace(/\{\{.*?\}\}|\$/gs, (part) => (part === '$' ? '$$' : part));
}
