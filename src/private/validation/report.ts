import type { IConstruct } from 'constructs';
import { AppRecord, type Rule } from '../app-record';

// How mistakes are reported. A check is a pure function that returns what is wrong, a sentence for each mistake, with a hint what to
// do about it. Nothing is thrown, so that cdk8s reports all mistakes of an app at once, each with the path of its construct.

/** Has the synthesis fail with these mistakes of a construct. */
export function report(construct: IConstruct, mistakes: readonly string[]): void {
  if (mistakes.length > 0) {
    construct.node.addValidation({ validate: () => [...mistakes] });
  }
}

/** Has the synthesis fail with what a rule finds then: pods and the rest of the app stay open to change until it. */
export function reportAtSynthesis(construct: IConstruct, rule: Rule): void {
  AppRecord.of(construct).addRule(construct, rule);
}
