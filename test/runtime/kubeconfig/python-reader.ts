import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { pythonWithClient } from '../../../devcluster/builds/python-client.ts';
import { followProcess } from '../../support/follow-process.ts';

/** What python-reader.py says. */
export async function pythonReader<T>(args: readonly string[], input: string): Promise<T> {
  const script = join(import.meta.dirname, 'python-reader.py');
  const child = spawn(await pythonWithClient(), [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const { exitCode, stdout, stderr } = await followProcess(child).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
