import { describe, expect, test } from 'vitest';
import { ENGINE_NAMES } from '../../../support/multisite-init.ts';
import { createSite } from '../../../support/site.ts';

describe.each(ENGINE_NAMES)('multisite-init on %s', (engine) => {
  test.each([2, 100])('%i at once for as many locations leave every entry', async (count) => {
    const site = await createSite();
    const locations = Array.from({ length: count }, (_, i) => `site-${String(i).padStart(2, '0')}`);
    const start = performance.now();
    const runs = await Promise.all(
      locations.map((location) => site.run(engine, [`--location=${location}`, `--user=${location}`])),
    );
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const attempts = runs.flatMap(({ stderr }) => stderr.match(/: read configmap/g) ?? []).length;
    console.log(`${count} writers on ${engine}: ${seconds} s, ${attempts} attempts`);
    for (const run of runs) {
      expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^wrote/) });
    }
    const kubeconfig = await site.kubeconfig();
    for (const section of ['clusters', 'contexts', 'users']) {
      const names = kubeconfig[section].map(({ name }: { name: string }) => name);
      expect(names.sort()).toEqual(locations);
    }
  });
});
