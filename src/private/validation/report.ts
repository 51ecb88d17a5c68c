import type { IConstruct } from 'constructs';
import { AppRecord, type Rule } from '../app-record';

// A check is a pure function. It returns a sentence for each mistake, with a hint. It does not throw, so that cdk8s
// reports all mistakes of an app at once, each with the path of its construct.

/** Makes the synthesis fail with these mistakes of a construct. */
export function report(construct: IConstruct, mistakes: readonly string[]): void {
  if (mistakes.length > 0) {
    construct.node.addValidation({ validate: () => [...mistakes] });
  }
}

/**
 * Runs a rule at synthesis, and makes the synthesis fail if it finds mistakes. Until then, the app may still change.
 */
export function reportAtSynthesis(construct: IConstruct, rule: Rule): void {
  AppRecord.of(construct).addRule(construct, rule);
}
