import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { openBook } from '../docs/book.ts';
import type { Desk } from '../docs/desk.ts';

const ROOT = join(import.meta.dirname, '../..');
const RUNBOOK = 'docs/multisite-init/runbook.md';

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

export interface Runbook {
  /** What sets the variables of all commands, for the Deployment of the README. */
  readonly variables: string;
  /** By their headings. */
  readonly failures: ReadonlyMap<string, Remedy>;
}

export async function readRunbook(): Promise<Runbook> {
  const book = await openBook(RUNBOOK);
  const text = await readFile(join(ROOT, RUNBOOK), 'utf8');
  const [, section = ''] = text.split(/^## Four failures step by step$/m);
  const [, ...failures] = section.split(/^### /m);
  return {
    variables: book.take('sh', 'namespace=reports\n') + book.take('sh', 'pod() {'),
    failures: new Map(failures.map((failure) => [failure.split('\n', 1).join(), remedyIn(failure)])),
  };
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

/** Types the commands below the variables: once if they show nothing, otherwise until they show their lines. */
export async function follow(
  desk: Desk,
  variables: string,
  steps: readonly Step[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const type = (command: string) => desk.type(variables + command, env);
  for (const { command, shows } of steps) {
    if (shows.length === 0) {
      await type(command);
    } else {
      await vi.waitFor(() => expectShown(type, command, shows), { timeout: 150_000, interval: 500 });
    }
  }
}

async function expectShown(
  type: (command: string) => Promise<string>,
  command: string,
  shows: readonly string[],
): Promise<void> {
  const output = await type(command);
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
