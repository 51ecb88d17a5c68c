import type { V1EndpointSlice, V1NetworkPolicy } from '@kubernetes/client-node';
import { APPLY, kubectl } from '../src/kubectl.ts';

const NAME = 'deny-egress';

/** Lets nothing out of the pods of a namespace, as many a cluster does. The network of the node does not enforce it. */
export async function denyEgress(namespace: string): Promise<void> {
  const policy: V1NetworkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: NAME, namespace },
    spec: { podSelector: {}, policyTypes: ['Egress'] },
  };
  await kubectl(APPLY, JSON.stringify(policy));
}

/** @throws unless that policy has been changed to let the pods reach the API server's port, whatever the address is */
export async function checkEgressToApiServer(namespace: string): Promise<void> {
  const policy: V1NetworkPolicy = await read('networkpolicy', NAME, namespace);
  const slice: V1EndpointSlice = await read('endpointslice', 'kubernetes', 'default');
  const rules = policy.spec?.egress ?? [];
  const open = rules.filter(({ to }) => to === undefined).flatMap(({ ports = [] }) => ports);
  for (const { port, protocol } of slice.ports ?? []) {
    if (open.some((one) => one.port === port && one.protocol === protocol)) {
      continue;
    }
    throw new Error(
      `${NAME} does not let pods reach the API server at ${protocol} ${port}: ${JSON.stringify(rules)}`,
    );
  }
}

async function read(kind: string, name: string, namespace: string) {
  return JSON.parse(await kubectl(['get', kind, name, '-n', namespace, '-o', 'json']));
}
