import { expect } from 'vitest';
import { tokenClaims } from '../../runtime/kube/token-claims.ts';
import { writeServiceAccount } from '../../start/service-account.ts';
import { createAccount } from './accounts.ts';
import { allow } from './allow.ts';
import type { Fault } from './fault.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
import { ENGINE_NAMES, type Ended, type Engine } from './multisite-init.ts';
import { OTHERS } from './other-sites.ts';
import { type Running, startMultisiteInit } from './running-multisite-init.ts';
import { createSite, type Site } from './site.ts';

/** Whose token the run requests. */
export const ACCOUNT = 'deployer';

/** What makes a run send every request that there is. */
const ALL_REQUESTS = ['--token-source=request', `--service-account=${ACCOUNT}`, '--verify'];

/** The requests of such a run, in their order. */
export const STEPS = ['read', 'request of a token', 'write', 'review'] as const;
export type Step = (typeof STEPS)[number];

function stepOf(method: string, url: string): Step {
  if (method === 'GET') {
    return 'read';
  }
  if (method === 'PATCH') {
    return 'write';
  }
  return url.endsWith('/token') ? 'request of a token' : 'review';
}

type HowItEnded = Omit<Ended, 'termination'>;

/** A site with others' entries, behind a fault proxy. */
export interface FaultSite {
  readonly site: Site;
  readonly proxy: FaultProxy;
  /** Runs the program through the proxy, with every request that there is; it tells nobody a token. */
  run(engine: Engine, ...args: readonly string[]): Promise<Ended>;
  start(engine: Engine, ...args: readonly string[]): Running;
  /** The requests so far. */
  steps(): Step[];
  /** Puts the others' document there again. */
  reset(): Promise<void>;
  /** Nobody has written the ConfigMap. */
  expectOld(): Promise<void>;
  /** The document is what it was, or what others have made of it, plus exactly our entry. */
  expectNew(others?: string): Promise<void>;
}

export async function createFaultSite(
  decide: (step: Step, count: number) => Fault,
  options?: FaultProxyOptions,
): Promise<FaultSite> {
  const site = await createSite();
  await createAccount(site, ACCOUNT);
  await allow(site, 'serviceaccounts/token', ACCOUNT, 'create');
  const proxy = await startFaultProxy((method, count, url) => decide(stepOf(method, url), count), options);
  await writeServiceAccount(site.directory, site.token, proxy.ca);
  let before = await site.setDocument(OTHERS);
  return {
    site,
    proxy,
    run: async (engine, ...args) =>
      expectNoToken(await site.run(engine, [...ALL_REQUESTS, ...args], proxy.env)),
    start: (engine, ...args) => {
      const all = [`--namespace=${site.namespace}`, ...ALL_REQUESTS, ...args];
      const running = startMultisiteInit(engine, all, { ...site.env, ...proxy.env });
      return { ...running, ended: running.ended.then(expectNoToken) };
    },
    steps: () =>
      proxy.requests.map((request) => stepOf(...(request.split(' ') as [method: string, url: string]))),
    reset: async () => {
      before = await site.setDocument(OTHERS);
    },
    expectOld: async () => expect(await site.configMap()).toEqual(before),
    expectNew: async (others = OTHERS) => {
      expectOnlyOursAdded(await site.document(), others);
      await expectOurs(site, proxy);
    },
  };
}

/** Neither the pod's nor any that was requested, be it written or lost on the way. */
function expectNoToken<T extends HowItEnded>(ended: T): T {
  expect(JSON.stringify(ended)).not.toMatch(/eyJ[\w-]+\./);
  return ended;
}

/** The document is this one but for lines of our entry. */
function expectOnlyOursAdded(document: string, others: string): void {
  const lines = others.split('\n');
  const left = document.split('\n').filter((line) => lines.includes(line));
  expect(left.join('\n')).toBe(others);
}

/** The entry is there, once and whole, with a token of the right account. */
async function expectOurs(site: Site, proxy: FaultProxy): Promise<void> {
  const { clusters, contexts, users, 'current-context': current } = await site.kubeconfig();
  expect(current).toBe('edge');
  expect(clusters.slice(1)).toEqual([
    {
      name: 'central',
      cluster: {
        server: `https://127.0.0.1:${proxy.env.KUBERNETES_SERVICE_PORT}`,
        'certificate-authority-data': Buffer.from(proxy.ca.trim()).toString('base64'),
      },
    },
  ]);
  expect(contexts.slice(1)).toEqual([{ name: 'central', context: { cluster: 'central', user: 'user00' } }]);
  const token = users[1]?.user.token;
  expect(users.slice(1)).toEqual([{ name: 'user00', user: { token } }]);
  expect(tokenClaims(token).subject).toBe(`system:serviceaccount:${site.namespace}:${ACCOUNT}`);
}

/** Does it for every engine and item at the same time, and tells of all that failed which they were. */
export async function atEach<T>(
  items: readonly T[],
  act: (engine: Engine, item: T) => Promise<void>,
): Promise<void> {
  const errors: Error[] = [];
  const all = ENGINE_NAMES.flatMap((engine) =>
    items.map((item) =>
      act(engine, item).catch((error: Error) => {
        error.message = `on ${engine}, at ${JSON.stringify(item)}: ${error.message}`;
        errors.push(error);
      }),
    ),
  );
  // To the end of all, since what they started goes with the test.
  await Promise.all(all);
  if (errors.length > 1) {
    throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
  }
  if (errors[0]) {
    throw errors[0];
  }
}

/** Seconds that runs have which are to fail: on a busy machine, a run may end before it meets its fault. */
const DEADLINES = [2, 8, 32];

/** There was another attempt, and the last words are of the fault, not of an attempt that the deadline cut short. */
export const triedAgain =
  (message: RegExp) =>
  ({ stderr, termination }: Ended): boolean =>
    stderr.includes('; trying again') && (termination === '' || message.test(termination));

/** Runs against a fault that never ends, each time against a new site, until a run has met the fault before its deadline. */
export async function runOutOfTime(
  engine: Engine,
  create: () => Promise<FaultSite>,
  hasMetFault: (ended: Ended, site: FaultSite) => boolean,
): Promise<FaultSite & { readonly ended: Ended }> {
  let result: (FaultSite & { readonly ended: Ended }) | undefined;
  for (const deadline of DEADLINES) {
    const site = await create();
    const ended = await site.run(engine, `--timeout=${deadline}s`);
    const seconds = Number(/no answer within (\d+(?:\.\d)?) s\n/.exec(ended.termination)?.[1] ?? 0);
    expect(seconds, 'the last request had no more than its part of the deadline').toBeLessThanOrEqual(
      deadline,
    );
    result = { ...site, ended };
    if (hasMetFault(ended, site)) {
      break;
    }
  }
  return result as FaultSite & { readonly ended: Ended };
}

/** Decides for a fault at the first of these requests only. */
export function once(at: Step, fault: Fault): (step: Step) => Fault {
  let left = 1;
  return (step) => (step === at && left-- > 0 ? fault : { kind: 'pass' });
}

export function always(at: Step, fault: Fault): (step: Step) => Fault {
  return (step) => (step === at ? fault : { kind: 'pass' });
}
