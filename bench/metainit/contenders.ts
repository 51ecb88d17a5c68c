import { join } from 'node:path';
import type { GoPrograms } from './go-programs.ts';

export const CONTENDERS = ['metainit on Bun', 'metainit on Node', 'Go', 'Go, tuned'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** The contender that all are compared with. */
export const BASELINE = 'Go' satisfies ContenderName;

const ROOT = join(import.meta.dirname, '../..');

/** The command that releases the pods with a label. @param port a free port for metainit's own server */
export function commandOf(
  contender: ContenderName,
  label: string,
  port: number,
  { controller }: GoPrograms,
): readonly [string, ...string[]] {
  const flags = [label, `--port=${port}`];
  switch (contender) {
    case 'metainit on Bun':
      return [join(ROOT, 'runtime/build/bin/metainit'), ...flags];
    case 'metainit on Node':
      return [process.execPath, join(ROOT, 'runtime/programs/metainit/bin.cjs'), ...flags];
    case 'Go':
      return [controller, label];
    case 'Go, tuned':
      return [controller, '-tuned', label];
  }
}
