import { type ApiObjectMetadata, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { AppRecord } from '../app-record';
import { report } from './report';
import { checkForm, checkNamespaceName, checkObjectName, checkText, DNS_LABEL } from './values';

const NAME = '[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const PREFIX = `(?=[^/]{1,253}/)${DNS_LABEL}(\\.${DNS_LABEL})*/`;

const KEY = new RegExp(`^(${PREFIX})?${NAME}$`);
/** The API server allows upper case in the prefix of an annotation. */
const ANNOTATION_KEY = new RegExp(KEY, 'i');
const LABEL_VALUE = new RegExp(`^(${NAME})?$`);

/** The API server's limit for the total size of an object's annotations. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

const KEY_HINT =
  'give at most 63 letters, digits, "-", "_" or ".". The first and the last character must be a letter or digit. ' +
  'A DNS name and "/" may come before the key, like "example.com/team".';

/**
 * Reports mistakes in the metadata of a construct. The first construct of a chart also reports the chart's namespace.
 *
 * @param namespaceHint where the namespace belongs
 */
export function reportMetadata(
  construct: IConstruct,
  metadata: ApiObjectMetadata | undefined,
  namespaceHint = 'give the namespace to the chart instead',
): void {
  const chart = Chart.of(construct);
  const { charts, checkedMetadata } = AppRecord.of(construct);
  if (!charts.has(chart) && chart.namespace !== undefined) {
    report(chart, checkNamespaceName('namespace', chart.namespace));
  }
  charts.add(chart);
  if (metadata === undefined || !checkedMetadata.has(metadata)) {
    report(construct, checkMetadata(metadata, namespaceHint));
  }
}

/** The namespace is given once, because objects that belong together have the same namespace. */
function checkMetadata(
  { namespace, name, labels = {}, annotations = {} }: ApiObjectMetadata = {},
  namespaceHint: string,
): string[] {
  return [
    ...(namespace === undefined ? [] : [`metadata.namespace is not allowed here: ${namespaceHint}.`]),
    ...(name === undefined ? [] : checkObjectName('metadata.name', name)),
    ...entriesOf(labels).flatMap(([key, value]) => checkLabel(key, value)),
    ...entriesOf(annotations).flatMap(([key, value]) => checkAnnotation(key, value)),
    ...checkAnnotationSize(annotations),
  ];
}

/** The entries that have a value. The others are not rendered. */
function entriesOf(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).filter(([, value]) => value !== undefined);
}

function checkLabel(key: string, value: string): string[] {
  const hint =
    'give at most 63 letters, digits, "-", "_" or ".". The first and the last character must be a letter or digit. ' +
    'An empty value is valid too.';
  return [
    ...checkKey('metadata.labels', key, KEY),
    ...checkForm(`metadata.labels[${JSON.stringify(key)}]`, value, LABEL_VALUE, hint),
  ];
}

function checkAnnotation(key: string, value: string): string[] {
  return [
    ...checkKey('metadata.annotations', key, ANNOTATION_KEY),
    ...checkText(`metadata.annotations[${JSON.stringify(key)}]`, value),
  ];
}

/** Checks the key of a label, or another name of that form, for example of a scheduling gate. */
export function checkQualifiedName(prop: string, name: string): string[] {
  return checkForm(prop, name, KEY, KEY_HINT);
}

function checkKey(prop: string, key: string, form: RegExp): string[] {
  return [
    ...checkForm(`${prop}: the key`, key, form, KEY_HINT),
    ...(key === 'constructor'
      ? [`${prop} has the key "constructor", which cdk8s cannot render: give another key.`]
      : []),
  ];
}

function checkAnnotationSize(annotations: Readonly<Record<string, string>>): string[] {
  const bytes = Buffer.byteLength(Object.entries(annotations).flat().join(''));
  return bytes <= MAX_ANNOTATION_BYTES
    ? []
    : [
        `metadata.annotations have ${bytes} bytes: give at most ${MAX_ANNOTATION_BYTES}, the limit of the API server.`,
      ];
}
