import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { identityOf, identityOfObject } from './api-objects';
import { grouped } from './grouped';
import { type Mount, mountsOf } from './mounts';
import { type NamespaceLabels, namespacesOf } from './pod-security/enforced-level';

/** What a mistake can be told from that is spread over the app: its objects by name, its pods by what they mount. */
export interface AppIndex {
  /** The objects of one identity: more than one is a mistake. */
  readonly objects: ReadonlyMap<string, readonly ApiObject[]>;
  /** The objects of one kind and name, whatever their namespace: see `fileNameErrors`. */
  readonly namesakes: ReadonlyMap<string, readonly ApiObject[]>;
  /** The namespaces that the app creates, by name. */
  readonly namespaces: ReadonlyMap<string, readonly NamespaceLabels[]>;
  /** The mounts by pods of a chart, by identity of the ConfigMap or Secret in no namespace. */
  readonly mounts: ReadonlyMap<string, readonly Mount[]>;
  /** The mounts of what the pod's chart neither renders nor names, by kind and name. */
  readonly strayMounts: ReadonlyMap<string, readonly Mount[]>;
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

/** What pods of a chart mount. */
export function mountKey(kind: string, name: string, chart: IConstruct): string {
  return identityOf(kind, name, chart, undefined);
}

/** Objects of one kind and name. */
export function namesakeKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}\n${name}`;
}

function indexOf(root: IConstruct): AppIndex {
  const all = root.node.findAll();
  const apiObjects = all.filter(ApiObject.isApiObject);
  const objects = grouped(apiObjects, identityOfObject);
  const imports = new Set(all.filter(isImport).flatMap(importKeys));
  const isThere = (mount: Mount) => isRendered(mount, objects) || isImported(mount, imports);
  const mounts = all.filter(isPod).flatMap(mountsOf);
  return {
    objects,
    namesakes: grouped(apiObjects, namesakeKey),
    namespaces: namespacesOf(apiObjects),
    mounts: grouped(mounts, ({ pod, kind, name }) => mountKey(kind, name, Chart.of(pod))),
    strayMounts: grouped(
      mounts.filter((mount) => !isThere(mount)),
      namesakeKey,
    ),
  };
}

function isRendered({ pod, kind, name }: Mount, objects: ReadonlyMap<string, unknown>): boolean {
  return objects.has(identityOf(`core/${kind}`, name, Chart.of(pod), pod.metadata.namespace));
}

/** An object that exists already may be named in a chart around the pod's. */
function isImported({ pod, kind, name }: Mount, imports: ReadonlySet<string>): boolean {
  return pod.node.scopes.some((scope) => imports.has(mountKey(kind, name, scope)));
}

function importKeys(construct: kplus.IResource): string[] {
  const chart = construct.node.scopes.findLast(Chart.isChart) ?? construct.node.root;
  return [mountKey(construct.kind, construct.name, chart)];
}

/** An object that exists already, as the `from…Name` of cdk8s-plus make them. */
function isImport(construct: IConstruct): construct is kplus.IResource {
  const { kind, name } = construct as Partial<kplus.IResource>;
  return (
    typeof kind === 'string' &&
    typeof name === 'string' &&
    !ApiObject.isApiObject(construct) &&
    !(construct instanceof kplus.Resource)
  );
}

function isPod(construct: IConstruct): construct is kplus.AbstractPod {
  return construct instanceof kplus.AbstractPod;
}
