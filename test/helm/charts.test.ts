import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CHARTS, type ChartName } from '../../helm/copy-charts.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { chartFolder } from '../support/helm-chart.ts';

/** The templates of a chart by their paths, without those that render nothing, and the helpers. */
async function templatesOf(
  name: ChartName,
): Promise<{ readonly manifests: readonly (readonly [string, string])[]; readonly helpers: string }> {
  const texts = new Map<string, string>();
  const cwd = join(chartFolder(name), 'templates');
  for await (const file of glob('**/*.{yaml,tpl}', { cwd })) {
    texts.set(file, await readFile(join(cwd, file), 'utf8'));
  }
  return {
    manifests: [...texts].filter(([file]) => !['_helpers.tpl', 'checks.yaml'].includes(file)),
    helpers: texts.get('_helpers.tpl') ?? '',
  };
}

/** Values that are no texts: ports, and the type of a Service. */
const UNQUOTED: Readonly<Record<ChartName, readonly string[]>> = {
  'cloudify-manager': [
    'type: {{ if .Values.nodePort }}NodePort{{ else }}ClusterIP{{ end }}',
    'nodePort: {{ . }}',
    'nodePort: {{ . }}',
  ],
  metainit: [],
};

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

describe.each(CHARTS)('the chart %s', async (name) => {
  const { manifests, helpers } = await templatesOf(name);

  test.each(manifests)('has one kind of objects in %s, which is named after the kind', (file, text) => {
    const kinds = [...text.matchAll(/^kind: (\w+)$/gm)].map(([, kind = '']) => kind.toLowerCase());
    expect(kinds).toEqual([basename(file, '.yaml').split('-')[0]]);
  });

  test('quotes each text that stands alone', () => {
    const texts = [...manifests.map(([, text]) => text), helpers];
    const alone = texts.flatMap((text) => [...text.matchAll(/\w+: \{\{.*\}\}$|- \{\{.*\}\}$/gm)]);
    const others = alone.map(([line]) => line).filter((line) => !line.endsWith(' | quote }}'));
    expect(alone.length).toBeGreaterThan(30);
    expect(others).toEqual(UNQUOTED[name]);
  });

  test('asks for each value', async () => {
    const all = manifests.map(([, text]) => text).join('') + helpers;
    const asked = new Set([...all.matchAll(/\.Values(?:\.\w+)+/g)].map(([path]) => path));
    const values = parse(await readFile(join(chartFolder(name), 'values.yaml'), 'utf8'));
    expect([...asked].toSorted()).toEqual(paths(values).toSorted());
  });

  test('says what it is', async () => {
    const metadata = parse(await readFile(join(chartFolder(name), 'Chart.yaml'), 'utf8'));
    expect(metadata).toMatchObject({
      name,
      version: packageJson.version,
      appVersion: packageJson.version,
      kubeVersion: '>=1.28.0-0',
      home: packageJson.author.url,
    });
  });
});
