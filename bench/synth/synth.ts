import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cost, costOf } from '../cost.ts';
import { measure } from '../measurement.ts';

const TIMEOUT_MS = 300_000;

/** A process that writes manifests to a folder. */
export interface Synth {
  readonly what: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly output: string;
}

/** The contents of files by name, sorted by name. */
export type Manifests = ReadonlyMap<string, string>;

/** Runs it and measures it. @throws if it fails */
export async function runSynth(
  { what, command, cwd, output }: Synth,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly cost: Cost; readonly manifests: Manifests }> {
  await rm(output, { recursive: true, force: true });
  const measurement = await measure({ command, cwd, env, timeoutMs: TIMEOUT_MS });
  const { exitCode, signal } = measurement;
  if (exitCode !== 0) {
    throw new Error(`${what} ended with ${signal ?? `exit code ${exitCode}`}\n${measurement.output}`);
  }
  return { cost: costOf(measurement), manifests: await readManifests(output) };
}

async function readManifests(folder: string): Promise<Manifests> {
  const manifests = new Map<string, string>();
  for (const name of (await readdir(folder)).sort()) {
    manifests.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return manifests;
}
