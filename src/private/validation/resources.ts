import { type Size, SizeRoundingBehavior } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { mistake } from './values';

/** An amount of a resource, as cdk8s-plus-27 renders it. */
interface Amount {
  readonly value: number;
  readonly text: string;
  /** What to give in its place; none where it is valid. */
  readonly mend?: string;
}

interface Pair<T> {
  readonly request?: T;
  readonly limit?: T;
}

/** CPU and memory, which cdk8s-plus-27 takes in any amount, and fails on or renders as they are. */
export function checkResources(
  construct: IConstruct,
  prop: string,
  { cpu, memory, ephemeralStorage }: kplus.ContainerResources = {},
): void {
  checkPair(construct, `${prop}.cpu`, cpu, cpuAmount);
  checkPair(construct, `${prop}.memory`, memory, mebibytes);
  checkPair(construct, `${prop}.ephemeralStorage`, ephemeralStorage, gibibytes);
}

function checkPair<T>(
  construct: IConstruct,
  prop: string,
  pair: Pair<T> = {},
  amountOf: (given: T) => Amount,
): void {
  const request = pair.request && amountOf(pair.request);
  const limit = pair.limit && amountOf(pair.limit);
  for (const [name, amount] of Object.entries({ request, limit })) {
    if (amount?.mend !== undefined) {
      mistake(construct, `${prop}.${name} ${amount.text} is not valid: ${amount.mend}`);
    }
  }
  if (request && limit && request.value > limit.value) {
    mistake(
      construct,
      `${prop}.request ${request.text} is more than the limit of ${limit.text}: request at most that.`,
    );
  }
}

function cpuAmount({ amount }: kplus.Cpu): Amount {
  const mend = 'give a number of 0 or more, and not so small or large that it is written with an exponent.';
  return {
    value: Number.parseFloat(amount) / (amount.endsWith('m') ? 1000 : 1),
    text: amount,
    mend: /^\d+(\.\d+)?m?$/.test(amount) ? undefined : mend,
  };
}

function mebibytes(size: Size): Amount {
  return sizeAmount(size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }), 'MiB', 'mebibytes');
}

function gibibytes(size: Size): Amount {
  return sizeAmount(size.toGibibytes({ rounding: SizeRoundingBehavior.NONE }), 'GiB', 'gibibytes');
}

function sizeAmount(value: number, unit: string, units: string): Amount {
  const mend = Number.isSafeInteger(value) ? undefined : `give whole ${units}.`;
  return { value, text: `${value} ${unit}`, mend };
}
