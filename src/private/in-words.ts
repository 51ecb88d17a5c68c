/** A namespace as messages say it. */
export function inWords(namespace: string | undefined): string {
  return namespace === undefined ? 'no namespace' : `namespace ${namespace}`;
}
