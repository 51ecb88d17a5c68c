import { expect, test } from 'vitest';
import { chartTemplates } from '../../helm/chart-templates.ts';
import { EXPRESSIONS } from '../../helm/expressions.ts';
import { type PersistenceType, renderWithPlaceholders } from '../../helm/render.ts';

const templates = chartTemplates(renderWithPlaceholders);

test('there is a file for each object, called by its kind and name', () => {
  expect([...templates.keys()].toSorted()).toEqual([
    'components/namespace.yaml',
    'components/role-deploy.yaml',
    'components/rolebinding-deploy.yaml',
    'components/service.yaml',
    'configmap-config.yaml',
    'configmap-multisite-kubeconfig-configmap.yaml',
    'deployment.yaml',
    'job-cleanup.yaml',
    'persistentvolumeclaim-data.yaml',
    'role-multisite-init.yaml',
    'rolebinding-multisite-init.yaml',
    'service.yaml',
    'serviceaccount-site.yaml',
    'serviceaccount.yaml',
  ]);
});

test('each text that Helm fills in is one expression, which ends as JSON, or a number of the schema', () => {
  const expressions = [...templates.values()].flatMap((text) => [...text.matchAll(/\{\{ (.*) \}\}$/gm)]);
  const others = expressions
    .filter(([, pipeline = '']) => !pipeline.endsWith(' | toJson'))
    .map(([, other]) => other);
  expect(expressions.length).toBeGreaterThan(50);
  expect(others).toEqual(['.Values.nodePort', 'ternary "NodePort" "ClusterIP" (not (not .Values.nodePort))']);
});

test('each value is asked for', () => {
  const all = [...templates.values()].join('');
  for (const expression of Object.values(EXPRESSIONS)) {
    expect(all).toContain(expression);
  }
});

test('the kubeconfig’s ConfigMap has no data, not even an empty one: Helm would take the document out', () => {
  expect(templates.get('configmap-multisite-kubeconfig-configmap.yaml')).not.toMatch(/^(binaryData|data)/m);
});

test('nothing of the hash by which cdk8s selects pods is left', () => {
  for (const text of templates.values()) {
    expect(text).not.toMatch(/metadata\.addr: (?!\{\{)/);
  }
});

test('two objects for one file are refused', () => {
  const render = (type: PersistenceType) => [
    ...renderWithPlaceholders(type),
    ...renderWithPlaceholders(type),
  ];
  expect(() => chartTemplates(render)).toThrow(/^two objects for the one file .+\.yaml$/);
});

test('a file that is expected, and has no object, is reported', () => {
  const render = (type: PersistenceType) => renderWithPlaceholders(type).filter(({ kind }) => kind !== 'Job');
  expect(() => chartTemplates(render)).toThrow('no object for the file job-cleanup.yaml');
});
