import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, vi } from 'vitest';
import { freePort } from '../../devcluster/control-plane/kube-apiserver.ts';
import { followProcess } from './follow-process.ts';
import { ENGINES, type Engine } from './multisite-init.ts';
import { inNamespace, type Site } from './site.ts';

/** The program with --watch, in the pod of a site. */
export interface Refresher {
  /** The part of a core that it takes during so many milliseconds. */
  cpuPart(ms: number): Promise<number>;
  /** Resolves to the line when it has said something like this. */
  said(pattern: RegExp): Promise<string>;
  /** Status and text of a path of its own server. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A sample of /metrics, without the prefix of its name; undefined where there is none. */
  metric(name: string): Promise<number | undefined>;
  isReady(): Promise<boolean>;
  /** Ends it as the kubelet does, and resolves to how it ended and how long that took. */
  stop(): Promise<{ readonly exitCode: number | null; readonly ms: number }>;
}

/** Starts it, and waits until it listens, or has ended; it ends with the test, and its lines are searched for the token. */
export async function startRefresher(
  engine: Engine,
  site: Site,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  givenPort?: number,
): Promise<Refresher> {
  const port = givenPort ?? (await freePort());
  const [command, ...first] = ENGINES[engine];
  const all = [...first, ...inNamespace(site.namespace, args), '--watch', `--port=${port}`];
  const child = spawn(command, all, { env: { ...site.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const { said, ended } = followProcess(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    const { stdout, stderr } = await ended;
    expect(stdout + stderr).not.toMatch(/eyJ[\w-]+\./);
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  const listensOrHasEnded = async () => child.exitCode !== null || get('/healthz');
  await vi.waitFor(listensOrHasEnded, { timeout: 90_000, interval: 20 });
  return {
    cpuPart: async (ms) => {
      const before = await cpuSeconds(child.pid);
      await sleep(ms);
      return ((await cpuSeconds(child.pid)) - before) / (ms / 1000);
    },
    said,
    get,
    metric: async (name) => {
      const { text } = await get('/metrics');
      const value = new RegExp(`^multisite_init_${name} (\\S+)$`, 'm').exec(text)?.[1];
      return value === undefined ? undefined : Number(value);
    },
    isReady: async () => (await get('/readyz')).status === 200,
    stop: async () => {
      const start = performance.now();
      child.kill('SIGTERM');
      const { exitCode } = await ended;
      return { exitCode, ms: performance.now() - start };
    },
  };
}

/** Of user and system, in hundredths (proc_pid_stat(5)); what precedes them may hold spaces. */
async function cpuSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
