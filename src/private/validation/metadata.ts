import { type ApiObjectMetadata, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { checkForm, checkNamespaceName, checkObjectName, checkText, DNS_LABEL, mistake } from './values';

const NAME = '[a-zA-Z0-9]([-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const PREFIX = `(?=[^/]{1,253}/)${DNS_LABEL}(\\.${DNS_LABEL})*/`;

const KEY = new RegExp(`^(${PREFIX})?${NAME}$`);
/** The API server lets the prefix of an annotation be in upper case. */
const ANNOTATION_KEY = new RegExp(KEY, 'i');
const LABEL_VALUE = new RegExp(`^(${NAME})?$`);

/** What the API server takes of all annotations of an object. */
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** The charts whose namespace is judged already: each may have many constructs of ours. */
const CHECKED = new WeakSet<Chart>();

/** The namespace is one for all that belongs together, and so the chart's alone to say. */
export function checkMetadata(construct: IConstruct, metadata: ApiObjectMetadata = {}): void {
  const { namespace, name, labels = {}, annotations = {} } = metadata;
  checkChart(Chart.of(construct));
  if (namespace !== undefined) {
    mistake(construct, 'metadata.namespace is not taken: give the namespace to the chart instead.');
  }
  if (name !== undefined) {
    checkObjectName(construct, 'metadata.name', name);
  }
  for (const [key, value] of entriesOf(labels)) {
    checkKey(construct, 'metadata.labels', key, KEY);
    const mend =
      'give at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit, or nothing.';
    checkForm(construct, `metadata.labels[${JSON.stringify(key)}]`, value, LABEL_VALUE, mend);
  }
  for (const [key, value] of entriesOf(annotations)) {
    checkKey(construct, 'metadata.annotations', key, ANNOTATION_KEY);
    checkText(construct, `metadata.annotations[${JSON.stringify(key)}]`, value);
  }
  checkAnnotationSize(construct, annotations);
}

/** Without what has no value, which is not rendered. */
function entriesOf(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).filter(([, value]) => value !== undefined);
}

function checkChart(chart: Chart): void {
  if (chart.namespace !== undefined && !CHECKED.has(chart)) {
    CHECKED.add(chart);
    checkNamespaceName(chart, 'namespace', chart.namespace);
  }
}

function checkKey(construct: IConstruct, prop: string, key: string, form: RegExp): void {
  const mend =
    'give at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit, with or without a ' +
    'DNS name and "/" before it, like "example.com/team".';
  checkForm(construct, `a key of ${prop},`, key, form, mend);
  if (key === 'constructor') {
    mistake(construct, `a key of ${prop}, "constructor" is what cdk8s cannot render: give another.`);
  }
}

function checkAnnotationSize(construct: IConstruct, annotations: Readonly<Record<string, string>>): void {
  const bytes = Buffer.byteLength(Object.entries(annotations).flat().join(''));
  if (bytes > MAX_ANNOTATION_BYTES) {
    mistake(
      construct,
      `metadata.annotations have ${bytes} bytes: give at most ${MAX_ANNOTATION_BYTES}, as the API server takes no more.`,
    );
  }
}
