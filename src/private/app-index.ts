import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { type Mount, mountsOf } from './mounts';
import { identityOf, identityOfObject } from './object-identity';

/** What a mistake can be told from that is spread over the app: its objects by name, its pods by what they mount. */
export interface AppIndex {
  /** The objects of one identity: more than one is a mistake. */
  readonly objects: ReadonlyMap<string, readonly ApiObject[]>;
  /** What charts name without rendering it, as identities in no namespace. */
  readonly imports: ReadonlySet<string>;
  /** The namespaces that the app creates. */
  readonly namespaces: readonly ApiObject[];
  /** The mounts of all pods, by kind and name of the ConfigMap or Secret. */
  readonly mounts: ReadonlyMap<string, readonly Mount[]>;
}

const INDICES = new WeakMap<IConstruct, AppIndex | undefined>();

/** Hands the construct an index of its app when that is validated; what it returns is reported. */
export function validateInApp(construct: IConstruct, validate: (index: AppIndex) => string[]): void {
  const { root } = construct.node;
  if (!INDICES.has(root)) {
    INDICES.set(root, undefined);
    // The root is validated before all others: what it has indexed then holds for that one validation.
    root.node.addValidation({
      validate: () => {
        INDICES.set(root, indexOf(root));
        return [];
      },
    });
  }
  construct.node.addValidation({ validate: () => validate(INDICES.get(root) ?? indexOf(root)) });
}

function indexOf(root: IConstruct): AppIndex {
  const all = root.node.findAll();
  const objects = all.filter(ApiObject.isApiObject);
  return {
    objects: grouped(objects, identityOfObject),
    imports: new Set(
      all.filter(isImport).map((construct) => identityOf(construct.kind, construct.name, construct)),
    ),
    namespaces: objects.filter(({ kind }) => kind === 'Namespace'),
    mounts: grouped(all.filter(isPod).flatMap(mountsOf), ({ kind, name }) => `${kind}\n${name}`),
  };
}

/** An object that exists already, as the `from…Name` of cdk8s-plus make them. */
function isImport(construct: IConstruct): construct is kplus.IResource {
  return 'kind' in construct && !ApiObject.isApiObject(construct) && !(construct instanceof kplus.Resource);
}

function isPod(construct: IConstruct): construct is kplus.AbstractPod {
  return construct instanceof kplus.AbstractPod;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}
