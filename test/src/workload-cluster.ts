import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../devcluster/control-plane/control-plane.ts';
import { type Outcome, runKubectl } from '../../devcluster/control-plane/kubectl.ts';

/** A control plane whose controllers make the pods of workloads. It is not shared, because they would act for all tests. */
export interface WorkloadCluster {
  readonly facts: ControlPlane;
  /** Runs kubectl as the admin, or as the user of the flags; rejects with what it says on stderr. */
  kubectl(args: readonly string[], input?: object | string): Promise<string>;
  /** What the API server answers to a request that it refuses. */
  refusal(args: readonly string[], input?: object): Promise<string>;
  get<T extends KubernetesObject>(...args: readonly string[]): Promise<T>;
  /** A namespace with these labels, and all rights in it for these users. */
  createNamespace(labels: Readonly<Record<string, string>>, users: readonly string[]): Promise<string>;
}

/** The control plane of a test file. */
export function workloadCluster(): WorkloadCluster {
  let facts: ControlPlane;
  beforeAll(async () => {
    facts = await startControlPlane({ workloads: true });
  });
  afterAll(() => facts.stop());

  const run = (args: readonly string[], input: object | string = ''): Promise<Outcome> =>
    runKubectl(facts.kubeconfig, args, { stdin: typeof input === 'string' ? input : JSON.stringify(input) });
  const kubectl = async (args: readonly string[], input?: object | string) => {
    const { exitCode, stdout, stderr } = await run(args, input);
    if (exitCode !== 0) {
      throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    }
    return stdout;
  };
  return {
    get facts() {
      return facts;
    },
    kubectl,
    refusal: async (args, input) => {
      const { exitCode, stdout, stderr } = await run(args, input);
      if (exitCode === 0) {
        throw new Error(`kubectl ${args.join(' ')} was not refused: ${stdout}`);
      }
      return stderr;
    },
    get: async (...args) => JSON.parse(await kubectl(['get', ...args, '-o', 'json'])),
    createNamespace: async (labels, users) => {
      const name = `test-${randomBytes(4).toString('hex')}`;
      const all = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'all', namespace: name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: users.map((user) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user })),
      };
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
      await kubectl(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: [namespace, all] });
      return name;
    },
  };
}
