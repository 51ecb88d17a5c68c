import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Desk } from '../docs/desk.ts';

const OPERATIONS = join(import.meta.dirname, '../../docs/operations.md');

/** What somebody types, and some of the lines that are to be seen then. */
interface Step {
  readonly command: string;
  readonly shows: readonly string[];
}

/** What the runbook has about one failure. */
export interface Remedy {
  readonly seen: readonly Step[];
  readonly mend: readonly Step[];
  readonly mended: readonly Step[];
}

/** The runbook of docs/operations.md, by its headings. */
export async function readRunbook(): Promise<ReadonlyMap<string, Remedy>> {
  const [, rest = ''] = (await readFile(OPERATIONS, 'utf8')).split(/^## Runbook$/m);
  const [section = ''] = rest.split(/^## /m);
  const [, ...failures] = section.split(/^### /m);
  return new Map(failures.map((text) => [text.split('\n', 1).join(), remedyIn(text)]));
}

function remedyIn(text: string): Remedy {
  const [seen, mend, mended, ...more] = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => stepsIn(block),
  );
  if (!seen || !mend || !mended || more.length > 0) {
    throw new Error(`the runbook has not three blocks about: ${text.split('\n', 1)}`);
  }
  return { seen, mend, mended };
}

function stepsIn(block: string): Step[] {
  const [, ...steps] = block.split(/^\$ /m);
  return steps.map((step) => {
    const [command = '', ...lines] = step.split('\n');
    return { command, shows: lines.filter((line) => line !== '' && line !== '…') };
  });
}

/** Types the commands: once where nothing is to be seen then, else again until that is. */
export async function follow(
  desk: Desk,
  steps: readonly Step[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const { command, shows } of steps) {
    if (shows.length === 0) {
      await desk.type(command, env);
    } else {
      await vi.waitFor(() => expectShown(desk, command, shows), { timeout: 150_000, interval: 500 });
    }
  }
}

async function expectShown(desk: Desk, command: string, shows: readonly string[]): Promise<void> {
  const output = await desk.type(command);
  const lines = new Set(output.split('\n').map(withoutChance));
  const missing = shows.filter((line) => !lines.has(withoutChance(line)));
  expect(missing, `${command} shows:\n${output}`).toEqual([]);
}

/** A line without what is different each time: what names end in, times, and the width of columns. */
function withoutChance(line: string): string {
  return line
    .replace(/(-[b-df-hj-np-tv-xz2456789]{8,10})?-[b-df-hj-np-tv-xz2456789]{5}\b/g, '-NAME')
    .replace(/\b\d+ \(\S+ ago\)/, 'RESTARTS')
    .replace(/\b(\d+[smh])+( \(x\d+ over \S+\))?/g, 'AGE')
    .replace(/\b[\d.]+ s\b/g, 'SECONDS')
    .replace(/\s+/g, ' ')
    .trim();
}
