import { expect } from 'vitest';
import type { Engine } from './multisite-init.ts';
import { createSite } from './site.ts';

/** A hundred processes share the machine's cores, and it may have other things to do. */
const ENOUGH = '10m';

/** So many runs at once, each for a location of its own, leave every entry. */
export async function writeAtOnce(engine: Engine, count: number): Promise<void> {
  const site = await createSite();
  const locations = Array.from({ length: count }, (_, i) => `site-${String(i).padStart(2, '0')}`);
  const start = performance.now();
  const runs = await Promise.all(
    locations.map((location) =>
      site.run(engine, [`--location=${location}`, `--user=${location}`, `--timeout=${ENOUGH}`]),
    ),
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
}
