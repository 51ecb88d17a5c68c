import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { adminOf, type Desk, sitDown } from '../docs/desk.ts';
import { APPLY, createNamespace, kubectl } from '../src/kubectl.ts';
import { yaml } from '../src/manifests.ts';
import { blockApiServer } from './block-api-server.ts';
import { checkEgressToApiServer, denyEgress } from './deny-egress.ts';
import { REPORTS, REPORTS_SITE, registerChart, reportsChart } from './reports.ts';
import { follow, type Remedy, type Runbook, readRunbook } from './runbook.ts';
import { podsOf, runningPod } from './running-pods.ts';
import { readDocument, tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

const SITE = `system:serviceaccount:${REPORTS}:${REPORTS_SITE}`;
const CONFIG_MAP = 'configmap/multisite-kubeconfig-configmap';
const EDIT_DOCUMENT = `kubectl -n ${REPORTS} edit ${CONFIG_MAP}`;

/** The applied manifests, by their files in `dist/`. */
const MANIFESTS = { 'reports.yaml': yaml(reportsChart()), 'register.yaml': yaml(registerChart()) };

/** What brings a failure about, before a pod is started anew; what it returns is done after the commands that mend it. */
type Cause = (desk: Desk) => Promise<() => Promise<void>>;

/** By the headings of the runbook. */
const FAILURES: Readonly<Record<string, Cause>> = {
  'The ConfigMap is missing (exit code 5)': async (desk) => {
    await desk.type(`kubectl -n ${REPORTS} delete ${CONFIG_MAP} job/register`);
    await desk.type('kubectl apply -f dist/register.yaml');
    return nothing;
  },
  'A right is missing (exit code 4)': async (desk) => {
    await desk.type(`kubectl -n ${REPORTS} delete rolebinding reports-multisite-init`);
    return nothing;
  },
  'The API server does not answer the pod (exit code 6)': async () => {
    const witness = await runningPod(REPORTS, REPORTS);
    await denyEgress(REPORTS);
    // Stands in for a network that enforces the policy.
    const unblock = await blockApiServer([witness.status?.podIP ?? '']);
    onTestFinished(unblock);
    expect(await dryRunIn(witness)).toMatch(/^nothing to do/);
    return async () => {
      await checkEgressToApiServer(REPORTS);
      await unblock();
    };
  },
  'The kubeconfig is malformed (exit code 7)': async (desk) => {
    const before = await readDocument(REPORTS);
    await desk.type(EDIT_DOCUMENT, { KUBE_EDITOR: `sed -i 's/^    clusters:$/    clusters: [/'` });
    return async () => expect(await readDocument(REPORTS)).toBe(before);
  },
};

/** What the operator does in the editor that a command opens. */
const EDITOR = { KUBE_EDITOR: `sed -i 's/^    clusters: \\[$/    clusters:/'` };

const nothing = async () => {};

let runbook: Runbook;

beforeAll(async () => {
  runbook = await readRunbook();
  await createNamespace(REPORTS);
  for (const text of Object.values(MANIFESTS)) {
    await kubectl([...APPLY, '-n', REPORTS], text);
  }
  await runningPod(REPORTS, REPORTS);
  await kubectl(['wait', '-n', REPORTS, '--for=condition=complete', 'job/register', '--timeout=120s']);
});

afterAll(() => kubectl(['delete', 'namespace', REPORTS]));

test.each(Object.entries(FAILURES))(
  '5: %s: kubectl describe says so and what mends it, and then the pod starts by itself',
  async (heading, cause) => {
    const desk = await sitDownWithManifests();
    const { seen, mend, mended } = remedyOf(heading);
    const afterMend = await cause(desk);
    await desk.type(`kubectl -n ${REPORTS} rollout restart deployment/${REPORTS}`);

    await follow(desk, runbook.variables, seen);
    const failing = (await podsOf(REPORTS, REPORTS)).at(-1);
    await follow(desk, runbook.variables, mend, EDITOR);
    await afterMend();
    await follow(desk, runbook.variables, mended);

    const started = await runningPod(REPORTS, REPORTS);
    expect(started.metadata?.uid).toBe(failing?.metadata?.uid);
    expect(await whoIs(tokenOf(await readDocument(REPORTS)))).toBe(SITE);
  },
);

test('5: the runbook has no failure that is not met here', () => {
  expect([...runbook.failures.keys()]).toEqual(Object.keys(FAILURES));
});

function remedyOf(heading: string): Remedy {
  const remedy = runbook.failures.get(heading);
  if (remedy === undefined) {
    throw new Error(`the runbook has no "${heading}"`);
  }
  return remedy;
}

/** Where the operator sits: with the manifests in the folder that they were applied from. */
async function sitDownWithManifests(): Promise<Desk> {
  const desk = await sitDown({ central: adminOf(inject('node')) });
  const dist = join(desk.folder, 'dist');
  await rm(dist, { recursive: true });
  await mkdir(dist);
  for (const [file, text] of Object.entries(MANIFESTS)) {
    await writeFile(join(dist, file), text);
  }
  return desk;
}

/** What the program says that it would change, in the refresher of a pod. */
function dryRunIn({ metadata, spec }: V1Pod): Promise<string> {
  const refresher = spec?.containers.find(({ name }) => name === 'multisite-init-refresh');
  const args = refresher?.args?.filter((arg) => !/^--(watch|port=)/.test(arg)) ?? [];
  const exec = ['exec', '-n', REPORTS, metadata?.name ?? '', '-c', 'multisite-init-refresh', '--'];
  return kubectl([...exec, 'multisite-init', ...args, '--dry-run']);
}
