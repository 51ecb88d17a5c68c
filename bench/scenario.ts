/** The value of the ConfigMap's key before a run, and the expected value after it. */
export interface Scenario {
  readonly name: 'first write' | 'merge' | 'nothing to do' | 'merge of 1 MiB';
  /** Undefined for a ConfigMap without the key. */
  readonly before: string | undefined;
  readonly after: string;
  /** A file with the merge patch to the expected value, for contenders that do not merge. */
  readonly patchFile: string;
}

/** Whether the scenario changes the ConfigMap. */
export function changes({ before, after }: Scenario): boolean {
  return before !== after;
}
