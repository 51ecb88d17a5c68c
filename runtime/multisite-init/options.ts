import type { LogFormat } from '../cli/log.ts';

/** What the command line asks for. */
export interface Options {
  readonly namespace: string;
  readonly location: string;
  readonly user: string;
  readonly configMap: string;
  readonly key: string;
  /** Milliseconds for the whole run. */
  readonly timeoutMs: number;
  readonly logFormat: LogFormat;
}
