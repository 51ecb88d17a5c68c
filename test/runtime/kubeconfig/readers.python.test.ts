import { beforeAll, describe, expect, test } from 'vitest';
import { pythonWithClient } from '../../../devcluster/builds/python-client.ts';
import { mergeEntry } from '../../../runtime/kubeconfig/merge.ts';
import { ENGINE_NAMES } from '../../support/multisite-init.ts';
import { CONFIG_MAP } from '../../support/site.ts';
import { CORPUS, central, written } from './documents-to-read.ts';
import { pythonReader } from './python-reader.ts';

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

  test('reads every merged document', async () => {
    const merged = Object.values(CORPUS).map((before) => mergeEntry(before, central));
    const read = await pythonReader<(Read | null)[]>(
      ['parse'],
      JSON.stringify(merged.map(({ text }) => text)),
    );
    expect(Object.keys(CORPUS).filter((_, i) => read[i] === null)).toEqual([]);
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
      expect(await pythonReader(['read', site.namespace, CONFIG_MAP], document)).toEqual(expected);
    },
  );
});
