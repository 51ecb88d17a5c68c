import { createHash } from 'node:crypto';
import type { KubeObject, Resource } from '../../kube/resource.ts';
import { describeRelease, type Release } from './release.ts';

export const EVENTS: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

/** The API server accepts no longer note (https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/). */
const LONGEST_MESSAGE = 1024;

/**
 * The Event that records a release on its pod. Its name comes from the pod and the program, so several replicas create only one
 * Event. Programs that remove different gates create different Events.
 *
 * @param only the only gates that the program removes; undefined for all
 * @param instance the name of the program's pod or node
 * @param now milliseconds since 1970
 */
export function releaseEvent(
  release: Release,
  only: ReadonlySet<string> | undefined,
  instance: string,
  now: number,
): KubeObject {
  const { namespace, name, uid } = release.pod;
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace, name: `${uid}.metainit${suffixOf(only)}` },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    type: 'Normal',
    reason: 'Released',
    action: 'Release',
    message: describeRelease(release).slice(0, LONGEST_MESSAGE),
    source: { component: 'metainit', host: instance },
    reportingComponent: 'metainit',
    reportingInstance: instance,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  return event;
}

function suffixOf(only: ReadonlySet<string> | undefined): string {
  if (only === undefined) {
    return '';
  }
  const gates = [...only].sort().join(',');
  return `.${createHash('sha256').update(gates).digest('hex').slice(0, 8)}`;
}
