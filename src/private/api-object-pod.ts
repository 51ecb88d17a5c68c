import { type ApiObject, type ApiObjectMetadataDefinition, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { rendered } from './api-objects';
import { changeRendered, renderedContainer, renderedVolume } from './cdk8s-plus';

/** The paths of the pod's spec in a CronJob, in other workloads (also custom resources), and in a PodTemplate. */
const TEMPLATE_PATHS = ['/spec/jobTemplate/spec/template/spec', '/spec/template/spec', '/template/spec'];

/** A rendered object. */
export type Manifest = Readonly<Record<string, unknown>>;

/** A rendered container that this package did not add. */
export interface TheirContainer {
  readonly name: string;
  /** `Always` if an init container is a native sidecar. */
  readonly restartPolicy?: string;
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly volumeMounts?: readonly kplus.k8s.VolumeMount[];
}

/** The fields that this package reads in the pod's spec, without our containers. */
interface TheirSpec {
  readonly containers?: readonly TheirContainer[];
  readonly initContainers?: readonly TheirContainer[];
  readonly volumes?: readonly kplus.k8s.Volume[];
  readonly restartPolicy?: kplus.RestartPolicy;
  readonly serviceAccountName?: string;
  /** The deprecated name of `serviceAccountName`. */
  readonly serviceAccount?: string;
}

/**
 * A pod that does not come from cdk8s-plus-27, but from another cdk8s-plus, `cdk8s import`, `Include` or `Helm`. The
 * rest of this package sees it as a pod of cdk8s-plus-27 with only our containers.
 *
 * Our containers are added when the API object is rendered, after all JSON patches. So the rest of the pod may change
 * at any time, and no class of an older Kubernetes drops our fields.
 */
export class ApiObjectPod extends kplus.AbstractPod {
  /** The pod of an API object. All constructs that get this object share one pod. */
  public static of(object: ApiObject, path: string): ApiObjectPod {
    const id = `MultisitePod-${object.node.id}`;
    const existing = object.node.scope?.node.tryFindChild(id);
    return existing instanceof ApiObjectPod ? existing : new ApiObjectPod(object, id, path);
  }

  public readonly resourceType = 'pods';

  /** The path of the construct that the user gave, for messages. */
  public readonly path: string;

  /** The JSON pointer to the pod's spec in the object. Undefined if no pod is found in the object. */
  public readonly specPath: string | undefined;

  protected readonly apiObject: ApiObject;

  private readonly patches = new Map<kplus.Container, readonly JsonPatch[]>();

  /** Renders the object without our containers. */
  private readonly renderTheirs: () => Manifest;

  private constructor(object: ApiObject, id: string, path: string) {
    const scope = object.node.scope ?? object;
    const found = podSpecIn(rendered(object));
    const account = found?.spec.serviceAccountName ?? found?.spec.serviceAccount;
    super(scope, id, {
      restartPolicy: found?.spec.restartPolicy,
      serviceAccount: account
        ? kplus.ServiceAccount.fromServiceAccountName(scope, `${id}-ServiceAccount`, account)
        : undefined,
    });
    this.apiObject = object;
    this.node.defaultChild = object;
    this.path = path;
    this.specPath = found?.path;
    this.renderTheirs = changeRendered(object, (manifest) => this.withContainers(manifest));
  }

  public get podMetadata(): ApiObjectMetadataDefinition {
    return this.metadata;
  }

  /** The rendered object without our containers. Empty if the object cannot be rendered. */
  public get manifest(): Manifest {
    try {
      return this.renderTheirs();
    } catch {
      return {};
    }
  }

  /** The pod's spec without our containers. */
  public get theirSpec(): TheirSpec {
    return podSpecIn(this.manifest)?.spec ?? {};
  }

  /** The pod's containers without ours. */
  public get theirContainers(): readonly TheirContainer[] {
    const { initContainers = [], containers = [] } = this.theirSpec;
    return [...initContainers, ...containers];
  }

  /**
   * The pod's containers that run at the same time as ours. The pod's init containers run before ours and have ended,
   * except native sidecars.
   */
  public get theirRunningContainers(): readonly TheirContainer[] {
    const { initContainers = [], containers = [] } = this.theirSpec;
    return [...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'), ...containers];
  }

  /** Patches our last added container. The JSON pointers are relative to this container. */
  public patchLastContainer(list: 'containers' | 'initContainers', patches: readonly JsonPatch[]): void {
    for (const container of this[list].slice(-1)) {
      this.patches.set(container, [...(this.patches.get(container) ?? []), ...patches]);
    }
  }

  private withContainers(manifest: Manifest): Manifest {
    const changed = JSON.parse(JSON.stringify(manifest)) as Manifest;
    const spec = podSpecIn(changed)?.spec;
    if (spec === undefined) {
      return manifest;
    }
    const { initContainers = [], containers = [], volumes = [] } = spec;
    const ours = [...this.initContainers, ...this.containers];
    const mounted = new Set(ours.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)));
    Object.assign(spec, {
      initContainers: [...initContainers, ...this.initContainers.map((container) => this.render(container))],
      containers: [...containers, ...this.containers.map((container) => this.render(container))],
      volumes: [...volumes, ...[...mounted].map((volume) => kplus.k8s.toJson_Volume(renderedVolume(volume)))],
    });
    return changed;
  }

  private render(container: kplus.Container): unknown {
    const json = kplus.k8s.toJson_Container(renderedContainer(container));
    return JsonPatch.apply(json, ...(this.patches.get(container) ?? []));
  }
}

interface FoundSpec {
  readonly path: string;
  readonly spec: TheirSpec;
}

/** The pod spec in an object: its own spec for a Pod, the template's for a workload. */
export function podSpecIn(manifest: Manifest | undefined): FoundSpec | undefined {
  const paths = manifest?.kind === 'Pod' ? ['/spec'] : TEMPLATE_PATHS;
  return paths
    .map((path) => ({ path, spec: valueAt(manifest, path) as TheirSpec | undefined }))
    .find((found): found is FoundSpec => Array.isArray(found.spec?.containers));
}

function valueAt(manifest: unknown, path: string): unknown {
  const fields = path.split('/').slice(1);
  return fields.reduce<unknown>((value, field) => (value as Manifest | undefined | null)?.[field], manifest);
}
