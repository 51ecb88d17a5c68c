/** What the ConfigMap's key holds before a run, and must hold after it. */
export interface Scenario {
  readonly name: 'first write' | 'merge' | 'nothing to do' | 'merge of 1 MiB';
  /** Undefined for a ConfigMap without the key. */
  readonly before: string | undefined;
  readonly after: string;
  /** A file with the merge patch that leads there, for whoever does not merge. */
  readonly patchFile: string;
}

/** Whether the scenario's run changes the ConfigMap. */
export function changes({ before, after }: Scenario): boolean {
  return before !== after;
}
