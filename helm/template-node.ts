/** A part of a manifest, as data: what YAML has, and two things of Helm's. */
export type TemplateNode =
  | string
  | number
  | boolean
  | null
  | Expression
  | Choice
  | readonly TemplateNode[]
  | TemplateMap;

export interface TemplateMap {
  readonly [key: string]: TemplateNode;
}

/** What Helm replaces by JSON, which is YAML whatever the value. */
export class Expression {
  /** Of Helm's language, without the braces. */
  readonly pipeline: string;

  constructor(pipeline: string) {
    this.pipeline = pipeline;
  }
}

/** An entry of a map, or an item of a list, that is there if a condition holds; the first of several counts. */
export class Choice {
  readonly cases: readonly Case[];

  constructor(...cases: readonly Case[]) {
    this.cases = cases;
  }
}

export interface Case {
  /** Of Helm's language. */
  readonly condition: string;
  readonly node: TemplateNode;
}

/** Where something is: keys, and items of lists by their names. */
export type Path = readonly (string | { readonly name: string })[];

/** What is there. @throws where nothing is: then the manifests have changed, and the chart has to follow */
export function get(node: TemplateNode, path: Path): TemplateNode {
  const [step, ...rest] = path;
  if (step === undefined) {
    return node;
  }
  const key = keyOf(node, step);
  const child = key === undefined ? undefined : (node as TemplateMap)[key];
  if (child === undefined) {
    throw new Error(`the manifests have no ${JSON.stringify(path)}`);
  }
  return get(child, rest);
}

/** A copy that has something else there, where something was. @throws as `get` does */
export function put(node: TemplateNode, path: Path, value: TemplateNode): TemplateNode {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  const changed = put(get(node, [step]), rest, value);
  const key = keyOf(node, step);
  return isList(node)
    ? node.map((item, index) => (String(index) === key ? changed : item))
    : { ...(node as TemplateMap), [String(key)]: changed };
}

export function isMap(node: TemplateNode): node is TemplateMap {
  return (
    typeof node === 'object' &&
    node !== null &&
    !isList(node) &&
    !(node instanceof Expression) &&
    !(node instanceof Choice)
  );
}

export function isList(node: TemplateNode): node is readonly TemplateNode[] {
  return Array.isArray(node);
}

function keyOf(node: TemplateNode, step: Path[number]): string | undefined {
  if (typeof step === 'string') {
    return isMap(node) ? step : undefined;
  }
  const index = isList(node) ? node.findIndex((item) => isMap(item) && item.name === step.name) : -1;
  return index === -1 ? undefined : String(index);
}
