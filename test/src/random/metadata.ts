import fc from 'fast-check';
import { dictionary, mostly, objectName, oddText, props, text } from './values.ts';

const labels = dictionary(
  text('team', 'example.com/team', 'a.b/c_D.e-1', 'A', '0', 'a'.repeat(63), `${'a'.repeat(63)}.b/c`),
  text('', 'edge', 'Edge_1.a-b', 'a'.repeat(63), '0', '1e3', '012', '0x1f', 'yes', 'null'),
);

const annotations = dictionary(
  text('note', 'Example.com/note', 'example.com/a_B.c-1', 'a'.repeat(63)),
  mostly(fc.constantFrom('', 'any text: {}\n', '😀'), oddText),
);

/** Labels and annotations that Kubernetes gives a meaning are left out: what they may say is the cluster's affair. */
const common = { labels, annotations };

/** What the constructs document to take, now and then with the namespace that they do not. */
export function metadata(...names: string[]) {
  return mostly(
    props({ ...common, name: fc.option(objectName(...names), { nil: undefined }) }),
    props({ ...common, namespace: text('edge') }),
  );
}

/** Of those constructs that have a name of its own for it. */
export const namelessMetadata = mostly(props(common), props({ ...common, name: text('edge') }));
