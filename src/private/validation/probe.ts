import type * as kplus from 'cdk8s-plus-27';
import { renderedProbe } from '../cdk8s-plus';
import { isWhole } from './values';

const NUMBERS = [
  'failureThreshold',
  'successThreshold',
  'initialDelaySeconds',
  'periodSeconds',
  'timeoutSeconds',
] as const;

const MAX_INT32 = 2 ** 31 - 1;

export type ProbeProp = 'readiness' | 'liveness' | 'startup';

/** Checks a probe with the rules of the API server. The value 0 means the default. */
export function checkProbe(
  prop: ProbeProp,
  probe: kplus.Probe | undefined,
  container: kplus.Container,
): string[] {
  return probe === undefined ? [] : probeMistakes(prop, probe, container).map((text) => `${prop}: ${text}`);
}

function probeMistakes(prop: ProbeProp, probe: kplus.Probe, container: kplus.Container): string[] {
  try {
    return fieldMistakes(prop, renderedProbe(probe, container));
  } catch (error) {
    // The error that a Duration throws if it is not in whole seconds.
    return [`${error instanceof Error ? error.message : error} Give whole seconds.`];
  }
}

function fieldMistakes(prop: ProbeProp, probe: kplus.k8s.Probe): string[] {
  const { exec, httpGet, tcpSocket, successThreshold = 1 } = probe;
  const port: unknown = (httpGet ?? tcpSocket)?.port.value;
  return [
    ...NUMBERS.filter((name) => !isWhole(probe[name] ?? 0, 0, MAX_INT32)).map(
      (name) => `${name} ${probe[name]} is not valid: give a whole number from 0 to ${MAX_INT32}.`,
    ),
    ...(prop !== 'readiness' && successThreshold > 1
      ? [
          `successThreshold ${successThreshold} is not valid: leave it out, because the API server accepts only 1.`,
        ]
      : []),
    ...(port === undefined || isWhole(port, 1, 65535)
      ? []
      : [`port ${port} is not valid: give a whole number from 1 to 65535.`]),
    ...(httpGet?.path === '' ? ['path "" is not valid: give a path, like "/".'] : []),
    ...(exec?.command?.length === 0 ? ['command is empty: give a program, and its arguments.'] : []),
  ];
}
