import { CoreV1Api, type KubernetesObject } from '@kubernetes/client-node';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { manifests, mistakesIn } from './manifests.ts';
import { chartOf, type RandomApp, randomApp } from './random/app.ts';
import { refusalOf } from './random/dry-run.ts';

/** Where everything is created, so that only the names of other namespaces have to be asked about. */
const NAMESPACE = 'random';
/** Of a bare pod the API server wants to see the ServiceAccount, which here is one of those to be created with it. */
const ACCOUNT = 'random';

beforeAll(async () => {
  const core = admin().makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  await core.createNamespacedServiceAccount({
    namespace: NAMESPACE,
    body: { metadata: { name: ACCOUNT } },
  });
});

interface WithSpec extends KubernetesObject {
  readonly spec?: object;
}

function withAccount(object: WithSpec): WithSpec {
  return object.kind === 'Pod'
    ? { ...object, spec: { ...object.spec, serviceAccountName: ACCOUNT } }
    : object;
}

/** The path of a construct of the app, and at least one of the props that a mistake may be in. */
const MISTAKE = new RegExp(
  '^\\[test(/[^\\]]+)?\\] .*\\b(' +
    'adminPassword|alias|aliases|annotations|apiToken|caFile|clusterRole|components|configMap|consulAddress|' +
    'containerName|containers named|credential|dockerRegistryAuth|expiration|image|key|kubeconfigDirectory|kubernetesVersion|labels|' +
    'liveness|location|logShipping|metadata|mounted at|name|namespace|namespaceName|nodePort|persistence|pluginConfigs|readiness|' +
    'refresh|refreshPort|replica|replicas|resources|secret|server|serviceAccount|sidecar|size|startup|tls|tokenFile|user)\\b',
  's',
);

function namespacesOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const names = new Set(objects.map(({ metadata }) => metadata?.namespace));
  return [...names]
    .filter((name) => name !== undefined)
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

interface Verdict {
  /** What synth has against the app. */
  readonly mistakes: string[];
  /** What the API server has against what is rendered. */
  readonly refusals: string[];
}

async function verdictOn(app: RandomApp): Promise<Verdict> {
  const chart = chartOf(app);
  const mistakes = mistakesIn(chart);
  if (mistakes.length > 0) {
    return { mistakes, refusals: [] };
  }
  const objects = manifests(chart);
  const asked = [...namespacesOf(objects), ...objects.map(withAccount)];
  const answers = await Promise.all(asked.map((object) => refusalOf(object, NAMESPACE)));
  const refusals = answers.filter((answer) => answer !== undefined);
  return { mistakes, refusals };
}

test('the API server takes all that synthesizes, and synth says of all else which prop is wrong', async () => {
  const seen = { taken: 0, refused: 0 };
  // Many apps a run, since the API server takes them at once.
  const apps = fc.array(randomApp, { minLength: 1, maxLength: 20, size: 'max' });
  await fc.assert(
    fc.asyncProperty(apps, async (some) => {
      await Promise.all(
        some.map(async (app) => {
          const { mistakes, refusals } = await verdictOn(app);
          expect(refusals).toEqual([]);
          for (const mistake of mistakes) {
            expect(mistake).toMatch(MISTAKE);
          }
          seen[mistakes.length > 0 ? 'refused' : 'taken'] += 1;
        }),
      );
    }),
    // Ends the shrinking of a counterexample in time to be told of it.
    { numRuns: 100, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: true },
  );
  // Enough of either.
  expect(seen.taken).toBeGreaterThan(100);
  expect(seen.refused).toBeGreaterThan(100);
});
