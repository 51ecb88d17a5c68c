import type { KubernetesObject } from '@kubernetes/client-node';
import { placeholder } from './expressions.ts';
import { PERSISTENCE_TYPES, type PersistenceType } from './render.ts';
import {
  Choice,
  Expression,
  get,
  isList,
  isMap,
  type Path,
  put,
  type TemplateMap,
  type TemplateNode,
} from './template-node.ts';
import { templated } from './templated.ts';
import { writeTemplate } from './write-template.ts';

/** What cdk8s tells pods apart by: a hash of the construct's path, the same in every release. */
const SELECTOR_LABEL = 'cdk8s.io/metadata.addr';

const POD: Path = ['spec', 'template', 'spec'];
const MANAGER: Path = [...POD, 'containers', { name: 'cloudify-manager' }];
const VOLUME: Path = [...POD, 'volumes', { name: 'cfy-persist' }];
const SUB_PATH: Path = [...MANAGER, 'volumeMounts', { name: 'cfy-persist' }, 'subPath'];

const INIT_IMAGE = image('.Values.init.image', '.Chart.Version');

/** Something else in the place of what is somewhere. */
type Edit = readonly [Path, (before: TemplateNode) => TemplateNode];

const PULL_SECRETS: Edit = [
  [...POD, 'imagePullSecrets'],
  () => onlyIf('.Values.imagePullSecrets', new Expression('.Values.imagePullSecrets | toJson')),
];

/** All that is no text with a placeholder, by file: images, structures, numbers, and what is not always there. */
const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  'deployment.yaml': [
    [[...MANAGER, 'image'], () => image('.Values.image', '.Chart.Version')],
    [
      [...MANAGER, 'resources'],
      () => onlyIf('.Values.resources', new Expression('.Values.resources | toJson')),
    ],
    [[...POD, 'initContainers', { name: 'multisite-init' }, 'image'], () => INIT_IMAGE],
    [[...POD, 'containers', { name: 'multisite-init-refresh' }, 'image'], () => INIT_IMAGE],
    PULL_SECRETS,
  ],
  'service.yaml': [
    [['spec', 'type'], () => new Expression('ternary "NodePort" "ClusterIP" (not (not .Values.nodePort))')],
    [
      ['spec', 'ports', { name: 'http' }, 'nodePort'],
      () => onlyIf('.Values.nodePort', new Expression('.Values.nodePort')),
    ],
  ],
  'persistentvolumeclaim-data.yaml': [
    [['spec', 'resources', 'requests', 'storage'], () => new Expression('.Values.persistence.size | toJson')],
    [['spec', 'storageClassName'], (name) => onlyIf('.Values.persistence.storageClass', name)],
  ],
  'job-cleanup.yaml': [
    [
      [...POD, 'containers', { name: 'cleanup' }, 'image'],
      () => image('.Values.cleanup.image', '.Values.cleanup.image.tag'),
    ],
    PULL_SECRETS,
  ],
};

/** The objects of a release with this type of persistence. */
type Render = (type: PersistenceType) => readonly KubernetesObject[];

/** On what an object depends that is not in every release, by file. */
const CONDITIONS: Readonly<Record<string, string>> = {
  'persistentvolumeclaim-data.yaml': isPersistence('storageClass'),
  'job-cleanup.yaml': '.Values.cleanup.enabled',
  'components/namespace.yaml': 'and .Values.components.namespace .Values.components.create',
  'components/role-deploy.yaml': '.Values.components.namespace',
  'components/rolebinding-deploy.yaml': '.Values.components.namespace',
  'components/service.yaml': '.Values.components.namespace',
};

/**
 * The templates of the chart, texts by the names of their files: one for each object that a release can have.
 *
 * @param render these objects, with placeholders in place of values
 */
export function chartTemplates(render: Render): ReadonlyMap<string, string> {
  const nodes = new Map<string, TemplateMap>();
  for (const object of render('storageClass')) {
    const file = fileOf(object);
    if (nodes.has(file)) {
      throw new Error(`two objects for the one file ${file}`);
    }
    nodes.set(file, templateOf(object));
  }
  for (const file of [...Object.keys(EDITS), ...Object.keys(CONDITIONS)]) {
    if (!nodes.has(file)) {
      throw new Error(`no object for the file ${file}`);
    }
  }
  const persistence: readonly Edit[] = [
    [VOLUME, () => persistenceVolume(render)],
    [SUB_PATH, () => persistenceSubPath(render)],
  ];
  return new Map(
    [...nodes].map(([file, node]) => {
      const edits = [...(EDITS[file] ?? []), ...(file === 'deployment.yaml' ? persistence : [])];
      const edited = edits.reduce<TemplateNode>(
        (before, [path, edit]) => put(before, path, edit(get(before, path))),
        node,
      );
      return [file, writeTemplate(edited as TemplateMap, CONDITIONS[file])];
    }),
  );
}

function templateOf(object: KubernetesObject): TemplateMap {
  const node = templated(object);
  return withSelector(node, get(node, ['metadata', 'name'])) as TemplateMap;
}

/** With the name of the object in place of the hash, so that no two releases of a namespace select each other's pods. */
function withSelector(node: TemplateNode, name: TemplateNode): TemplateNode {
  if (isList(node)) {
    return node.map((item) => withSelector(item, name));
  }
  if (!isMap(node)) {
    return node;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === SELECTOR_LABEL ? name : withSelector(value, name),
    ]),
  );
}

/** Kind, and what comes after the name of the release's manager; what is in the components' namespace is in a folder. */
function fileOf({ kind, metadata }: KubernetesObject): string {
  const name = (metadata?.name ?? '').replace(/\{\{.*?\}\}/g, '').replace(/^-/, '');
  const ofComponents = [metadata?.name, metadata?.namespace].includes(placeholder('components'));
  return `${ofComponents ? 'components/' : ''}${kind?.toLowerCase()}${name === '' ? '' : '-'}${name}.yaml`;
}

function persistenceVolume(render: Render): Choice {
  return new Choice(
    ...PERSISTENCE_TYPES.map((type) => ({
      condition: isPersistence(type),
      node: get(deploymentAmong(render(type)), VOLUME),
    })),
  );
}

function persistenceSubPath(render: Render): Choice {
  const subPath = (type: PersistenceType) => get(deploymentAmong(render(type)), SUB_PATH);
  return new Choice(
    { condition: isPersistence('storageClass'), node: subPath('storageClass') },
    {
      condition: `and (${isPersistence('claim')}) .Values.persistence.subPath`,
      node: subPath('claim'),
    },
  );
}

function deploymentAmong(objects: readonly KubernetesObject[]): TemplateNode {
  return templated(objects.find(({ kind }) => kind === 'Deployment'));
}

function isPersistence(type: PersistenceType): string {
  return `eq .Values.persistence.type "${type}"`;
}

function onlyIf(condition: string, node: TemplateNode): Choice {
  return new Choice({ condition, node });
}

/** As templates/_helpers.tpl writes it. */
function image(value: string, defaultTag: string): Expression {
  return new Expression(
    `include "cloudify-manager.image" (dict "image" ${value} "defaultTag" ${defaultTag}) | toJson`,
  );
}
