import type { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { LogFormat } from '../../log-format';
import type { MultisiteEntryOptions } from '../../multisite-entry-options';
import { propPath } from '../validation/prop-path';
import { checkDuration, isDuration, isWhole } from '../validation/values';

type RunOptions = Pick<MultisiteEntryOptions, 'logFormat' | 'timeout' | 'wait'>;

/** The longest timer of the program, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The flags for run options that differ from the program's defaults. */
export function runArgs({ logFormat, timeout, wait }: RunOptions): string[] {
  return [
    ...logFormatArgs(logFormat),
    ...(timeout === undefined ? [] : [`--timeout=${asFlag(timeout)}`]),
    ...(wait === undefined ? [] : [`--wait=${asFlag(wait)}`]),
  ];
}

/** Checks the options with the program's own rules. */
export function checkRunOptions(construct: IConstruct, { logFormat, timeout, wait }: RunOptions): string[] {
  return [
    ...checkLogFormat(construct, logFormat),
    ...(timeout === undefined ? [] : checkTimer(propPath(construct, 'timeout'), timeout, 1)),
    ...(wait === undefined ? [] : checkTimer(propPath(construct, 'wait'), wait, 0)),
  ];
}

/** The flag for the log format. */
export function logFormatArgs(logFormat: LogFormat | undefined): string[] {
  return logFormat === undefined ? [] : [`--log-format=${logFormat.kind}`];
}

export function checkLogFormat(construct: IConstruct, logFormat: LogFormat | undefined): string[] {
  return logFormat === undefined || logFormat instanceof LogFormat
    ? []
    : [`${propPath(construct, 'logFormat')} is not a LogFormat: give LogFormat.text() or LogFormat.json().`];
}

function checkTimer(prop: string, duration: Duration, least: number): string[] {
  if (!isDuration(duration)) {
    return checkDuration(prop, duration);
  }
  const ms = milliseconds(duration);
  return isWhole(ms, least, MAX_TIMER_MS)
    ? []
    : [`${prop} ${ms} ms is not valid: give whole milliseconds, from ${least} ms to less than 596 hours.`];
}

function asFlag(duration: Duration): string {
  const ms = isDuration(duration) ? milliseconds(duration) : 0;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function milliseconds(duration: Duration): number {
  return duration.toMilliseconds({ integral: false });
}
