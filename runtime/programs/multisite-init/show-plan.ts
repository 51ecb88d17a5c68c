import { describeRef } from '../../kube/data-objects.ts';
import { coloured, diff } from './diff.ts';
import type { Options } from './options.ts';
import { facts } from './result.ts';
import type { Outcome } from './run.ts';

/** What a dry run would have done. */
export function showPlan(
  outcome: Outcome,
  { before, after }: NonNullable<Outcome['planned']>,
  options: Options,
  colours: boolean,
): string {
  const { target, key, logFormat } = options;
  const name = `${describeRef(target)}, key ${key}`;
  const text = diff(name, before, after);
  if (logFormat === 'json') {
    return JSON.stringify({ result: 'would write', ...facts(outcome, options), diff: text });
  }
  return `${colours ? coloured(text) : text}\ndry run: nothing was written to ${name}`;
}
