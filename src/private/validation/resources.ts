import { type Size, SizeRoundingBehavior } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';

/** An amount of a resource in the form that cdk8s-plus-27 renders. */
interface Amount {
  readonly value: number;
  readonly text: string;
  /** What to give instead. Undefined if the amount is valid. */
  readonly hint?: string;
}

interface Pair<T> {
  readonly request?: T;
  readonly limit?: T;
}

/** Checks CPU and memory. cdk8s-plus-27 accepts any amount; it fails on an invalid one, or renders it unchanged. */
export function checkResources(
  prop: string,
  { cpu, memory, ephemeralStorage }: kplus.ContainerResources = {},
): string[] {
  return [
    ...checkPair(`${prop}.cpu`, cpu, cpuAmount),
    ...checkPair(`${prop}.memory`, memory, mebibytes),
    ...checkPair(`${prop}.ephemeralStorage`, ephemeralStorage, gibibytes),
  ];
}

function checkPair<T>(prop: string, pair: Pair<T> = {}, amountOf: (given: T) => Amount): string[] {
  const request = pair.request && amountOf(pair.request);
  const limit = pair.limit && amountOf(pair.limit);
  return [
    ...checkAmount(`${prop}.request`, request),
    ...checkAmount(`${prop}.limit`, limit),
    ...(request && limit && request.value > limit.value
      ? [`${prop}.request ${request.text} is more than the limit of ${limit.text}: give at most the limit.`]
      : []),
  ];
}

function checkAmount(prop: string, amount: Amount | undefined): string[] {
  return amount?.hint === undefined ? [] : [`${prop} ${amount.text} is not valid: ${amount.hint}`];
}

function cpuAmount({ amount }: kplus.Cpu): Amount {
  const hint = 'give a number of 0 or more that is written without an exponent.';
  return {
    value: Number.parseFloat(amount) / (amount.endsWith('m') ? 1000 : 1),
    text: amount,
    hint: /^\d+(\.\d+)?m?$/.test(amount) ? undefined : hint,
  };
}

function mebibytes(size: Size): Amount {
  return sizeAmount(size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), 'MiB', 'mebibytes');
}

function gibibytes(size: Size): Amount {
  return sizeAmount(size.toGibibytes({ rounding: SizeRoundingBehavior.NONE }), 'GiB', 'gibibytes');
}

function sizeAmount(value: number, unit: string, units: string): Amount {
  const hint = Number.isSafeInteger(value) ? undefined : `give whole ${units}.`;
  return { value, text: `${value} ${unit}`, hint };
}
