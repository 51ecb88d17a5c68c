import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { bun } from '../runtime/bun.ts';
import type { Python } from './python.ts';

/** The machine and the versions of a measurement. */
export interface Environment {
  readonly machine: string;
  readonly node: string;
  readonly bun: string;
  /** The version of the API server and of kubectl. */
  readonly kubernetes: string;
  readonly python?: string;
  readonly pythonClient?: string;
}

export function environmentOf(kubernetes: string, python: Python | undefined): Environment {
  return {
    machine: machine(),
    node: process.version,
    bun: `v${execFileSync(bun(), ['--version'], { encoding: 'utf8' }).trim()}`,
    kubernetes,
    ...(python && { python: `v${python.version}`, pythonClient: `v${python.clientVersion}` }),
  };
}

export function machine(): string {
  return `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${platform()} ${arch()}`;
}
