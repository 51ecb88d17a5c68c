import { allow } from './allow.ts';
import { CONFIG_MAP, createSite, type Site } from './site.ts';

/** A site whose pod may watch the ConfigMap, as MultisiteInit gives it with `refresh`. */
export async function watchableSite(): Promise<Site> {
  const site = await createSite();
  await allow(site, 'configmaps', CONFIG_MAP, 'watch');
  return site;
}
