import { type ApiObject, type ApiObjectMetadataDefinition, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { rendered } from './api-objects';
import { changeRendered, renderedContainer, renderedVolume } from './cdk8s-plus';

/** Where objects keep their pod: a CronJob; workloads, those of custom resources too; a PodTemplate. */
const TEMPLATE_PATHS = ['/spec/jobTemplate/spec/template/spec', '/spec/template/spec', '/template/spec'];

/** An object as it is rendered. */
export type Manifest = Readonly<Record<string, unknown>>;

/** A container of somebody else's making, as it is rendered. */
export interface TheirContainer {
  readonly name: string;
  /** `Always` of an init container that is a native sidecar. */
  readonly restartPolicy?: string;
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly volumeMounts?: readonly kplus.k8s.VolumeMount[];
}

/** What is looked at of a pod's spec of somebody else's making. */
interface TheirSpec {
  readonly containers?: readonly TheirContainer[];
  readonly initContainers?: readonly TheirContainer[];
  readonly volumes?: readonly kplus.k8s.Volume[];
  readonly restartPolicy?: kplus.RestartPolicy;
  readonly serviceAccountName?: string;
  /** The old name of the same. */
  readonly serviceAccount?: string;
}

/**
 * A pod that no class of cdk8s-plus-27 makes: one of another cdk8s-plus, or one that `cdk8s import`, `Include` or `Helm` made. To all
 * that looks at pods it is one of cdk8s-plus-27 that has our containers alone.
 *
 * They are added to the API object as it is rendered, after all JSON patches. So it does not matter when and by whom the rest of the
 * pod is built, and no class of an older Kubernetes drops a field of ours.
 */
export class ApiObjectPod extends kplus.AbstractPod {
  /** The pod of an API object: one, however many constructs of ours are given the object. */
  public static of(object: ApiObject, path: string): ApiObjectPod {
    const id = `MultisitePod-${object.node.id}`;
    const existing = object.node.scope?.node.tryFindChild(id);
    return existing instanceof ApiObjectPod ? existing : new ApiObjectPod(object, id, path);
  }

  public readonly resourceType = 'pods';

  /** The path of the construct that the user gave, for messages. */
  public readonly path: string;

  /** The JSON pointer to the pod's spec in the object; none where it has no pod that is known. */
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

  /** The object as it is rendered without our containers; nothing where it cannot be rendered. */
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

  /** The containers of the pod but ours. */
  public get theirContainers(): readonly TheirContainer[] {
    const { initContainers = [], containers = [] } = this.theirSpec;
    return [...initContainers, ...containers];
  }

  /** Those of them that run beside ours: init containers come before ours, and only native sidecars among them have not ended. */
  public get theirRunningContainers(): readonly TheirContainer[] {
    const { initContainers = [], containers = [] } = this.theirSpec;
    return [...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'), ...containers];
  }

  /** Patches the container of ours that was added last, with pointers that begin at it. */
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

/** The spec of the pod that an object is, or is to make. */
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
