import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { pythonWithClient } from '../../../devcluster/builds/python-client.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { followProcess } from '../../support/follow-process.ts';
import { ENGINE_NAMES } from '../../support/multisite-init.ts';
import { CONFIG_MAP } from '../../support/site.ts';
import { CORPUS, central, written } from './documents-to-read.ts';

/** What python-reader.py says. */
async function python<T>(args: readonly string[], input: string): Promise<T> {
  const script = join(import.meta.dirname, 'python-reader.py');
  const child = spawn(await pythonWithClient(), [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const { exitCode, stdout, stderr } = await followProcess(child).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

interface Read {
  readonly contexts: readonly string[];
  readonly current: string;
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

describe('the official Python client', () => {
  // A virtual environment is made for it, once.
  beforeAll(() => pythonWithClient());

  test('reads every merged document, but where it reads no tabs', async () => {
    const merged = Object.values(CORPUS).map((before) => mergeEntry(before, central));
    const read = await python<(Read | null)[]>(['parse'], JSON.stringify(merged.map(({ text }) => text)));
    const unread = Object.keys(CORPUS).filter((_, i) => read[i] === null);
    // They have tabs, which PyYAML takes for no white space.
    expect(unread).toEqual(['JSON over several lines', 'tabs and spaces behind values']);
    for (const one of read) {
      if (one === null) {
        continue;
      }
      const { contexts, current, server, ca, token } = one;
      expect(contexts).toContain('central');
      expect(contexts).toContain(current);
      expect({ server, ca, token }).toEqual({
        server: central.server,
        ca: '-----BEGIN CERTIFICATE-----',
        token: `Bearer ${central.token}`,
      });
    }
  });

  test.each(ENGINE_NAMES)(
    'reads what multisite-init on %s has written, and reaches the API server with it',
    async (engine) => {
      const { site, document, expected } = await written(engine);
      expect(await python(['read', site.namespace, CONFIG_MAP], document)).toEqual(expected);
    },
  );
});
