import { stringify } from 'yaml';
import {
  type Case,
  Choice,
  Expression,
  isList,
  isMap,
  type TemplateMap,
  type TemplateNode,
} from './template-node.ts';

/** The text of a template: an object, as YAML, all of it on a condition if there is one. */
export function writeTemplate(object: TemplateMap, condition?: string): string {
  const lines = mapLines(object, '');
  const all = condition === undefined ? lines : [`{{- if ${condition} }}`, ...lines, '{{- end }}'];
  return `${all.join('\n')}\n`;
}

function mapLines(map: TemplateMap, indent: string): string[] {
  return Object.entries(map).flatMap(([key, node]) =>
    choiceLines(node, indent, (value) => entryLines(key, value, indent)),
  );
}

function listLines(list: readonly TemplateNode[], indent: string): string[] {
  return list.flatMap((node) => choiceLines(node, indent, (value) => itemLines(value, indent)));
}

function choiceLines(
  node: TemplateNode,
  indent: string,
  linesOf: (value: TemplateNode) => string[],
): string[] {
  if (!(node instanceof Choice)) {
    return linesOf(node);
  }
  const lines = ({ condition, node: value }: Case, index: number) => [
    `${indent}{{- ${index === 0 ? 'if' : 'else if'} ${condition} }}`,
    ...linesOf(value),
  ];
  return [...node.cases.flatMap(lines), `${indent}{{- end }}`];
}

function entryLines(key: string, node: TemplateNode, indent: string): string[] {
  const head = `${indent}${scalar(key)}:`;
  if (isMap(node) && !isEmpty(node)) {
    return [head, ...mapLines(node, `${indent}  `)];
  }
  if (isList(node) && !isEmpty(node)) {
    return [head, ...listLines(node, `${indent}  `)];
  }
  return [`${head} ${inline(node)}`];
}

function itemLines(node: TemplateNode, indent: string): string[] {
  if (!isMap(node) || isEmpty(node)) {
    return [`${indent}- ${inline(node)}`];
  }
  const [first = '', ...rest] = mapLines(node, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function inline(node: TemplateNode): string {
  if (node instanceof Expression) {
    return `{{ ${node.pipeline} }}`;
  }
  if (typeof node === 'object' && node !== null && !isEmpty(node)) {
    throw new Error('a list has nothing but maps and scalars here');
  }
  return scalar(node);
}

function isEmpty(node: object): boolean {
  return Object.keys(node).length === 0;
}

/** In one line; quoted where a reader of YAML 1.1, as Helm is, would take a text for something else. */
function scalar(value: unknown): string {
  return stringify(value, { version: '1.1', blockQuote: false, lineWidth: 0 }).replace(/\n$/, '');
}
