import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bun } from '../runtime/bun.ts';

const MEASURE = join(import.meta.dirname, 'measure.ts');

/** A process to be measured. */
export interface Order {
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The process is killed after this time. */
  readonly timeoutMs: number;
}

/** The cost of a process, from its start to its end. */
export interface Measured {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly wallMs: number;
  /** User and system time. */
  readonly cpuMs: number;
  /** Peak resident memory. */
  readonly peakBytes: number;
  /** A peak below this value cannot be measured. */
  readonly floorBytes: number;
}

export interface Measurement extends Measured {
  /** Its stdout and stderr. */
  readonly output: string;
}

/** Runs one process and measures it. @throws if it cannot be measured. A failing process is a measurement too */
export async function measure(order: Order): Promise<Measurement> {
  const child = spawn(bun(), ['run', '--no-install', MEASURE, JSON.stringify(order)], {
    cwd: order.cwd,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, output] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) {
    throw new Error(`could not measure ${order.command[0]}: ${output}`);
  }
  const measured = JSON.parse(stdout) as Measured;
  if (measured.peakBytes <= measured.floorBytes) {
    throw new Error(
      `could not measure the peak memory of ${order.command[0]}: it is not above the ${measured.floorBytes} bytes of the measuring process`,
    );
  }
  return { ...measured, output };
}
