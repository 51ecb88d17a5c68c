import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { RELEASES } from '../../../devcluster/builds/kubernetes-releases.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { HELM_CHART } from '../../support/helm-chart.ts';

const TEMPLATES = join(HELM_CHART, 'templates');

const texts = new Map<string, string>();
for await (const file of glob('**/*.{yaml,tpl}', { cwd: TEMPLATES })) {
  texts.set(file, await readFile(join(TEMPLATES, file), 'utf8'));
}

/** All but those that render nothing. */
const manifests = [...texts].filter(([file]) => !['_helpers.tpl', 'checks.yaml'].includes(file));

test.each(manifests)('%s holds one object, and is named after its kind', (file, text) => {
  const kinds = [...text.matchAll(/^kind: (\w+)$/gm)].map(([, kind = '']) => kind.toLowerCase());
  expect(kinds).toEqual([basename(file, '.yaml').split('-')[0]]);
});

test('each value that stands alone is quoted, but for the port and the type of the Service', () => {
  const alone = [...texts.values()].flatMap((text) => [...text.matchAll(/\w+: \{\{.*\}\}$|- \{\{.*\}\}$/gm)]);
  const others = alone.map(([line]) => line).filter((line) => !line.endsWith(' | quote }}'));
  expect(alone.length).toBeGreaterThan(30);
  expect(others).toEqual([
    'type: {{ if .Values.nodePort }}NodePort{{ else }}ClusterIP{{ end }}',
    'nodePort: {{ . }}',
    'nodePort: {{ . }}',
  ]);
});

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values that the templates ask for, by their paths; images and resources are taken as a whole. */
function paths(values: object, prefix = '.Values'): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = `${prefix}.${key}`;
    const isMap = isObject(value) && Object.keys(value).length > 0;
    return isMap && !['image', 'resources'].includes(key) ? paths(value, path) : [path];
  });
}

test('each value is asked for', async () => {
  const all = manifests.map(([, text]) => text).join('') + texts.get('_helpers.tpl');
  const asked = new Set([...all.matchAll(/\.Values(?:\.\w+)+/g)].map(([path]) => path));
  const values = parse(await readFile(join(HELM_CHART, 'values.yaml'), 'utf8'));
  expect([...asked].toSorted()).toEqual(paths(values).toSorted());
});

test('the kubeconfig’s ConfigMap has no data, not even an empty one: Helm would take the document out', () => {
  expect(texts.get('configmap-kubeconfig.yaml')).not.toMatch(/^(binaryData|data)/m);
});

test('the chart says what it is', async () => {
  const metadata = parse(await readFile(join(HELM_CHART, 'Chart.yaml'), 'utf8'));
  expect(metadata).toMatchObject({
    name: 'cloudify-manager',
    version: packageJson.version,
    appVersion: packageJson.version,
    kubeVersion: '>=1.28.0-0',
    home: packageJson.author.url,
  });
});

test('the cleanup has the kubectl that the tests have', async () => {
  const { cleanup } = parse(await readFile(join(HELM_CHART, 'values.yaml'), 'utf8'));
  expect(cleanup.image.tag).toBe(`v${RELEASES.main.version}`);
});
