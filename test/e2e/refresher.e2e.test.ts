import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chart, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { type Certificates, writeCertificates } from '../../devcluster/control-plane/certificates.ts';
import { API_SERVICE_ADDRESS } from '../../devcluster/node/network.ts';
import { tokenClaims } from '../../runtime/kube/token-claims.ts';
import { SiteCredential } from '../../src/index.ts';
import { APPLY, createNamespace, kubectl } from '../src/kubectl.ts';
import { newChart, yaml } from '../src/manifests.ts';
import { addApplication, KUBECONFIG } from './application.ts';
import { type PodsApiServer, startPodsApiServer } from './pods-api-server.ts';
import { takeOverCa } from './published-ca.ts';
import { type Reader, startReader } from './reader.ts';
import { execIn, restartsOf, runningPod, runningPods, untilKubeconfig } from './running-pods.ts';
import { tokenOf } from './site-document.ts';
import { whoIs } from './who-is.ts';

const NAMESPACE = 'e2e-refresher';
const SITE = `system:serviceaccount:${NAMESPACE}:site`;

/** A token is renewed when 30 to 32 s of it are over, and then the kubelet has 8 s to bring the next one to the readers. */
const LIFE_SECONDS = 40;

/** How long a rollout has two pods: long enough for at least one renewal. */
const TWO_PODS_SECONDS = 45;

/** The reader looks several times a second, on a machine that may be busy. */
const LONGEST_PAUSE_MS = 5000;

const until = (condition: () => Promise<void> | void) =>
  vi.waitFor(condition, { timeout: 120_000, interval: 100 });

const cleanUps: (() => Promise<unknown>)[] = [];
let apiServer: PodsApiServer;
let firstToken: string;
/** Reads from the first pod until that ends, then from the one that follows it. */
let reader: Reader;

/** Two applications: the entry of one has requested tokens, that of the other the pod's own. */
function chartOfBoth(): Chart {
  const chart = newChart(NAMESPACE);
  const site = new kplus.ServiceAccount(chart, 'site', { metadata: { name: 'site' } });
  const deployment: kplus.DeploymentProps = {
    minReady: Duration.seconds(TWO_PODS_SECONDS),
    strategy: kplus.DeploymentStrategy.rollingUpdate({
      maxSurge: kplus.PercentOrAbsolute.absolute(1),
      maxUnavailable: kplus.PercentOrAbsolute.absolute(0),
    }),
  };
  addApplication(chart, 'requested', {
    credential: SiteCredential.requested(site),
    refresh: true,
    deployment,
  });
  addApplication(chart, 'mounted', { refresh: true, deployment });
  return chart;
}

beforeAll(async () => {
  await createNamespace(NAMESPACE);
  cleanUps.push(() => kubectl(['delete', 'namespace', NAMESPACE]));
  apiServer = await startPodsApiServer(LIFE_SECONDS);
  cleanUps.push(apiServer.stop);
  await kubectl(APPLY, yaml(chartOfBoth()));
  const pod = await runningPod(NAMESPACE, 'requested');
  await untilKubeconfig(pod);
  firstToken = tokenOf(await execIn(pod, 'cat', KUBECONFIG));
  reader = await startReader(pod);
  cleanUps.push(reader.stop);
});

/** All of them, whatever becomes of one: the rule that leads pods to a front must not outlive it. */
afterAll(async () => {
  const errors: unknown[] = [];
  for (const cleanUp of cleanUps.reverse()) {
    await cleanUp().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw new AggregateError(errors, errors.map(String).join('; '));
  }
});

/** When a ConfigMap was written by pods, in milliseconds since 1970. */
function writesOf(name: string): number[] {
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${name}`;
  return apiServer.answers
    .filter(
      (answer) => answer.method === 'PATCH' && answer.path.split('?')[0] === path && answer.status === 200,
    )
    .map(({ at }) => at);
}

/** A reader that still looks has found its credential valid all the time. */
async function expectValidUntilNow(running: Reader): Promise<void> {
  const now = Date.now();
  await vi.waitFor(
    () => {
      expect(running.problems).toEqual([]);
      expect(running.uses.at(-1)?.at, 'the last look').toBeGreaterThan(now);
    },
    { timeout: LONGEST_PAUSE_MS, interval: 50 },
  );
  expectAlwaysValid(running, now);
}

/** Each look found a whole document, with a token that had not ended and that the API server took; and none was long in coming. */
function expectAlwaysValid({ uses, problems }: Reader, end: number): void {
  expect(problems).toEqual([]);
  const looks = uses.map(({ at }) => at);
  const pauses = [...looks, end].slice(1).map((at, i) => at - (looks[i] ?? 0));
  expect(Math.max(...pauses)).toBeLessThan(LONGEST_PAUSE_MS);
  expect(uses.filter(({ at, ends }) => ends <= at)).toEqual([]);
  expect(new Set(uses.map(({ user }) => user))).toEqual(new Set([SITE]));
}

test('4: a token is rotated before its granted life ends, in the file that the reader has mounted', async () => {
  const ends = () => [...new Set(reader.uses.map((use) => use.ends))];
  await until(() => expect(ends().length).toBe(2));
  const pod = await runningPod(NAMESPACE, 'requested');
  expect(restartsOf(pod)).toEqual([0, 0]);
  const [first = 0] = ends();
  expect(first).toBe(tokenClaims(firstToken).expires?.getTime());
  await expectValidUntilNow(reader);
});

test('4: the two pods of a rollout do not fight over the entry', async () => {
  const start = Date.now();
  await kubectl(['rollout', 'restart', 'deployment/requested', 'deployment/mounted', '-n', NAMESPACE]);
  const [, younger] = await runningPods(NAMESPACE, 'requested', 2);
  if (younger === undefined) {
    throw new Error('there are no two pods');
  }
  const two = Date.now();
  const predecessor = reader;
  reader = await startReader(younger);
  cleanUps.push(reader.stop);
  expect(await predecessor.ended).toBe(0);
  const one = Date.now();

  const writes = writesOf('requested');
  expect(writes.filter((at) => two < at && at < one).length).toBeGreaterThan(0);
  const distances = writes.slice(1).map((at, i) => at - (writes[i] ?? 0));
  expect(Math.min(...distances)).toBeGreaterThan(LIFE_SECONDS * 500);
  // The younger pod puts its own token in place of the older one's, once.
  await runningPod(NAMESPACE, 'mounted');
  expect(writesOf('mounted').filter((at) => start < at).length).toBe(1);
  expectAlwaysValid(predecessor, one);
  await expectValidUntilNow(reader);
});

test('4: the readers follow to a new CA, and nothing is started again', async () => {
  const old = inject('node').ca;
  const renewed = await newAuthority();
  const published = await takeOverCa(NAMESPACE);
  cleanUps.push(published.release);
  const untilReadersTrust = (authority: string) =>
    until(() => expect(reader.uses.at(-1)?.authority).toBe(authority));

  await untilReadersTrust(old);
  const both = `${old}\n${renewed.ca}`;
  await published.publish(both);
  await untilReadersTrust(both);
  apiServer.present(renewed.server);
  await published.publish(renewed.ca);
  await untilReadersTrust(renewed.ca);

  expect(restartsOf(await runningPod(NAMESPACE, 'requested'))).toEqual([0, 0]);
  await expectValidUntilNow(reader);
});

test('4: without a rotation the readers would have lost their credential', async () => {
  await until(async () => expect(await whoIs(firstToken)).toBeUndefined());
  await expectValidUntilNow(reader);
});

/** An authority, and a certificate of it for the API server. */
async function newAuthority(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'new-authority-'));
  try {
    return await writeCertificates(folder, [API_SERVICE_ADDRESS], []);
  } finally {
    await rm(folder, { recursive: true });
  }
}
