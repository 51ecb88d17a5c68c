import { vi } from 'vitest';
import { APPLY, kubectl } from '../src/kubectl.ts';

const POLICY = 'published-ca';
const CONFIG_MAP = 'kube-root-ca.crt';
const ADMINISTRATOR = 'ca-administrator';
const AS_ADMINISTRATOR = [`--as=${ADMINISTRATOR}`, '--as-group=system:masters'];

/** The CA that the pods of one namespace are told, in place of the one that the controller-manager publishes everywhere. */
export interface PublishedCa {
  publish(ca: string): Promise<void>;
  /** Leaves it to the controller-manager again. */
  release(): Promise<void>;
}

/** Takes the CA's ConfigMap away from the controller-manager, which would undo every change. */
export async function takeOverCa(namespace: string): Promise<PublishedCa> {
  await kubectl(APPLY, JSON.stringify(policy(namespace)));
  await kubectl(APPLY, JSON.stringify(binding()));
  const replace = async (ca: string, ...flags: string[]) => {
    const change = JSON.stringify({ data: { 'ca.crt': ca } });
    await kubectl(['patch', 'configmap', CONFIG_MAP, '-n', namespace, '-p', change, ...flags]);
  };
  // The API server has learnt of a policy some time after it was written.
  await vi.waitFor(
    async () => {
      const outcome = await replace('', '--dry-run=server').catch(String);
      if (!outcome?.includes(`only ${ADMINISTRATOR}`)) {
        throw new Error('others may still change it');
      }
    },
    { timeout: 60_000, interval: 200 },
  );
  return {
    publish: (ca) => replace(ca, ...AS_ADMINISTRATOR),
    release: async () => {
      await kubectl(['delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', POLICY]);
    },
  };
}

function policy(namespace: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: POLICY },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['UPDATE'],
            resources: ['configmaps'],
            resourceNames: [CONFIG_MAP],
          },
        ],
      },
      validations: [
        {
          expression: `request.userInfo.username == '${ADMINISTRATOR}'`,
          message: `only ${ADMINISTRATOR} may change it`,
        },
      ],
    },
  };
}

function binding(): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: POLICY },
    spec: { policyName: POLICY, validationActions: ['Deny'] },
  };
}
