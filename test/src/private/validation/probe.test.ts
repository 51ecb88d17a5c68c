import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { expect, test } from 'vitest';
import { CloudifyManager, type CloudifyManagerProps } from '../../../../src/index.ts';
import { mistakesIn, newChart } from '../../manifests.ts';

function mistakesOf(props: CloudifyManagerProps): string[] {
  const chart = newChart('cloudify');
  new CloudifyManager(chart, 'Manager', props);
  return mistakesIn(chart);
}

const { fromTcpSocket, fromHttpGet, fromCommand } = kplus.Probe;

test('takes probes with all that they may have', () => {
  const options: kplus.ProbeOptions = {
    failureThreshold: 2 ** 31 - 1,
    successThreshold: 1,
    initialDelaySeconds: Duration.seconds(0),
    periodSeconds: Duration.minutes(1),
  };
  const readiness = fromCommand(['ready'], { ...options, successThreshold: 2 });
  const liveness = fromTcpSocket({ port: 65535, ...options });
  expect(mistakesOf({ readiness, liveness, startup: fromHttpGet('/', options) })).toEqual([]);
});

test.each<[CloudifyManagerProps, string]>([
  [
    { readiness: fromTcpSocket({ port: 0 }) },
    'readiness: port 0 is not valid: give a whole number from 1 to 65535.',
  ],
  [
    { liveness: fromHttpGet('/', { port: 65536 }) },
    'liveness: port 65536 is not valid: give a whole number from 1 to 65535.',
  ],
  [{ startup: fromHttpGet('') }, 'startup: path "" is not valid: give a path, like "/".'],
  [{ readiness: fromCommand([]) }, 'readiness: command is empty: give a program, and its arguments.'],
  [
    { startup: fromTcpSocket({ failureThreshold: -1 }) },
    'startup: failureThreshold -1 is not valid: give a whole number from 0 to 2147483647.',
  ],
  [
    { liveness: fromTcpSocket({ timeoutSeconds: Duration.seconds(2 ** 31) }) },
    'liveness: timeoutSeconds 2147483648 is not valid: give a whole number from 0 to 2147483647.',
  ],
  [
    { liveness: fromTcpSocket({ successThreshold: 2 }) },
    'liveness: successThreshold 2 is not valid: leave it out, because the API server accepts only 1.',
  ],
  [
    { readiness: fromTcpSocket({ periodSeconds: Duration.millis(1500) }) },
    "readiness: '1500 millis' cannot be converted into a whole number of seconds. Give whole seconds.",
  ],
])('refuses %j', (props, message) => {
  expect(mistakesOf(props)).toEqual([`[test/Manager] ${message}`]);
});
