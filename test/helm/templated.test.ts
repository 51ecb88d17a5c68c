import { expect, test } from 'vitest';
import { placeholder } from '../../helm/expressions.ts';
import { Expression } from '../../helm/template-node.ts';
import { templated } from '../../helm/templated.ts';

const location = placeholder('location');

test('what has no placeholder stays as it is', () => {
  const data = { a: ['$(X) }} %s', 1, true, null, { b: [] }] };
  expect(templated(data)).toEqual(data);
});

test('a placeholder becomes JSON, whatever the value', () => {
  expect(templated({ name: location })).toEqual({ name: new Expression('.Values.location | toJson') });
});

test('text around placeholders is a format, in which nothing else counts as one', () => {
  expect(templated(`a "%"\n${location}\\${placeholder('user')}`)).toEqual(
    new Expression('printf "a \\"%%\\"\\n%s\\\\%s" .Values.location .Values.user | toJson'),
  );
});

test.each(['args', 'command', 'env'])('Kubernetes expands nothing of a value in %s', (field) => {
  const expanded = '(.Values.location | replace "$" "$$")';
  expect(templated({ [field]: [location, { value: `x=${location}` }] })).toEqual({
    [field]: [
      new Expression(`${expanded} | toJson`),
      { value: new Expression(`printf "x=%s" ${expanded} | toJson`) },
    ],
  });
});

test.each(['{{ .Values.unknown }}', '{{.Values.location}}', '{{ .Values.location', `${location} {{`])(
  'refuses %s, which is no placeholder of ours',
  (text) => {
    expect(() => templated({ a: [text] })).toThrow(`no expression of Helm that is known here: ${text}`);
  },
);

test('refuses a placeholder as a key', () => {
  expect(() => templated({ [location]: 'x' })).toThrow('no key can be an expression of Helm');
});
