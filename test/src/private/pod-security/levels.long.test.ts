import { randomBytes } from 'node:crypto';
import { ApiException, CoreV1Api, type V1Pod, type V1PodSpec } from '@kubernetes/client-node';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { checkLevel } from '../../../../src/private/pod-security/levels.ts';
import { admin } from '../../../support/admin.ts';
import { randomPod } from '../../../support/random-pod.ts';

const LEVELS = ['baseline', 'restricted'] as const;
type Level = (typeof LEVELS)[number];

type Pod = V1Pod & { readonly spec: V1PodSpec };

/** What the API server says of each check, and what we say of its fields. */
const CHECKS: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  hostNamespaces: [/ host namespaces \(/, /: host(Network|PID|IPC) is /],
  privileged: [/ privileged \(/, /: securityContext\.privileged is /],
  hostPorts: [/ hostPort \(/, /: ports\[\d+\]\.hostPort is /],
  hostProbesAndHostLifecycle: [/ probe or lifecycle host \(/, /: (\w+Probe|lifecycle\.\w+)\.\w+\.host is /],
  appArmorProfile: [/ forbidden AppArmor profiles? \(/, /: \S*( \S*apparmor\S*|\.appArmorProfile\.type) is /],
  seLinuxOptions: [/ seLinuxOptions \(/, /: securityContext\.seLinuxOptions\.\w+ is /],
  windowsHostProcess: [/ hostProcess \(/, /: securityContext\.windowsOptions\.hostProcess is /],
  sysctls: [/ forbidden sysctls \(/, /: securityContext\.sysctls\[\d+\]\.name is /],
  capabilities: [/ (non-default|unrestricted) capabilities \(/, /: securityContext\.capabilities\./],
  procMount: [/ procMount \(/, /: securityContext\.procMount is /],
  seccompProfile: [/ seccompProfile \(/, /: securityContext\.seccompProfile\.type is /],
  volumes: [/ (hostPath volumes|restricted volume types) \(/, /^volume /],
  allowPrivilegeEscalation: [/ allowPrivilegeEscalation != false \(/, /: \S+\.allowPrivilegeEscalation is /],
  runAsNonRoot: [/ runAsNonRoot != true \(/, /: securityContext\.runAsNonRoot is /],
  runAsUser: [/ runAsUser=0 \(/, /: securityContext\.runAsUser is /],
};

const core = admin().makeApiClient(CoreV1Api);
const run = randomBytes(4).toString('hex');
const namespaceOf = (level: Level) => `pods-${level}-${run}`;

beforeAll(async () => {
  for (const level of LEVELS) {
    const namespace = namespaceOf(level);
    const labels = { 'pod-security.kubernetes.io/enforce': level };
    await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
    // Not `default`, which a controller makes in its own time.
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'app' } } });
  }
});

/** The checks that the API server has something against. */
async function theirs(pod: Pod, level: Level): Promise<string[]> {
  const body = {
    metadata: { ...pod.metadata, name: 'app' },
    spec: { ...pod.spec, serviceAccountName: 'app' },
  };
  try {
    await core.createNamespacedPod({ namespace: namespaceOf(level), body, dryRun: 'All' });
    return [];
  } catch (error) {
    if (!(error instanceof ApiException)) {
      throw error;
    }
    const { message }: { message: string } = JSON.parse(error.body);
    const [, reasons] = message.split(`violates PodSecurity "${level}:latest":`);
    if (reasons === undefined) {
      throw new Error(`refused for another reason: ${message}`, { cause: error });
    }
    const found = Object.keys(CHECKS).filter((check) => CHECKS[check]?.[0].test(reasons));
    if (found.length === 0) {
      throw new Error(`a check that we do not know:${reasons}`, { cause: error });
    }
    return found;
  }
}

/** The checks of which we report something. */
function ours(pod: Pod, level: Level): string[] {
  const errors = checkLevel(pod, level);
  const found = Object.keys(CHECKS).filter((check) => errors.some((error) => CHECKS[check]?.[1].test(error)));
  if (errors.length > 0 && found.length === 0) {
    throw new Error(`not in the table: ${errors.join('; ')}`);
  }
  return found;
}

test('we say of any pod what the API server says', async () => {
  const seen = new Set<string>();
  // Many pods a run, since the API server takes them at once.
  const pods = fc.array(randomPod, { minLength: 1, maxLength: 40, size: 'max' });
  await fc.assert(
    fc.asyncProperty(pods, async (some) => {
      const judged = some.flatMap((pod) => LEVELS.map((level) => ({ pod, level })));
      await Promise.all(
        judged.map(async ({ pod, level }) => {
          const checks = await theirs(pod, level);
          expect(ours(pod, level)).toEqual(checks);
          for (const check of checks.length > 0 ? checks : ['nothing']) {
            seen.add(`${level}: ${check}`);
          }
        }),
      );
    }),
    // Ends the shrinking of a counterexample in time to be told of it.
    { numRuns: 40, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: true },
  );
  // Each, and each of the two verdicts, was among them.
  const all = [
    'baseline: nothing',
    ...['nothing', ...Object.keys(CHECKS)].map((check) => `restricted: ${check}`),
  ];
  expect([...seen]).toEqual(expect.arrayContaining(all));
});
