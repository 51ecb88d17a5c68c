import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

const START_DEADLINE_MS = 30_000;
const LAST_LINES = 20;

/** A measured process that runs until it is stopped. */
export interface ServiceProcess {
  usage(): Promise<Usage>;
  /** Ends it. @throws if it has ended by itself */
  stop(): Promise<void>;
}

export interface Usage {
  /** User and system time since the start of the process, in milliseconds, to the hundredth of a second. */
  readonly cpuMs: number;
  /** Resident memory, now and at most. */
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/**
 * Starts a process, and waits until its stderr has a line.
 *
 * @param env its whole environment
 * @throws if it ends before, or if the line does not come in time
 */
export async function startService(
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  cwd: string,
  line: RegExp,
): Promise<ServiceProcess> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const lastLines: string[] = [];
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  const fail = (what: string) => reject(new Error(`${command} ${what}:\n${lastLines.join('\n')}`));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    lastLines.push(...chunk.trimEnd().split('\n'));
    lastLines.splice(0, lastLines.length - LAST_LINES);
    if (line.test(chunk)) {
      resolve();
    }
  });
  exited.then(() => fail('ended'), reject);
  const late = setTimeout(() => fail('did not start in time'), START_DEADLINE_MS);
  const stop = async () => {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    child.kill('SIGKILL');
    await exited;
    if (hasEnded) {
      throw new Error(`${command} ended by itself:\n${lastLines.join('\n')}`);
    }
  };
  try {
    await started;
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(late);
  }
  return { usage: () => usageOf(child.pid ?? 0), stop };
}

/** See proc_pid_status(5) and proc_pid_stat(5). A clock tick is a hundredth of a second. */
async function usageOf(pid: number): Promise<Usage> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  // The name of the process, in parentheses, may have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    residentBytes: kibibytes('VmRSS') * 1024,
    peakBytes: kibibytes('VmHWM') * 1024,
  };
}
