import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { multisiteInitOnNode } from './contender.ts';
import { measure } from './measurement.ts';
import { TIMEOUT_MS } from './run-once.ts';
import type { Scenario } from './scenario.ts';
import type { Site } from './site.ts';

const OTHER_SITE = `# the edge, by the sea
apiVersion: v1
kind: Config
clusters:
- name: edge
  cluster:
    server: https://edge.example:6443
contexts:
- name: edge
  context:
    cluster: edge
    user: edge
users:
- name: edge
  user:
    token: of-the-edge
current-context: edge
`;

/**
 * The largest number of sites that leaves room for one more in a ConfigMap. Each site has a CA and a token of usual
 * length.
 */
const MANY_SITES = Array.from({ length: 250 }, (_, i) => `site-${i}`);
const CA_LENGTH = 2600;
const TOKEN_LENGTH = 1150;

function manySites(): string {
  return [
    '# all our sites',
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    ...MANY_SITES.map(
      (name) =>
        `- name: ${name}\n  cluster:\n    certificate-authority-data: ${base64(CA_LENGTH)}\n    server: https://${name}.example:6443`,
    ),
    'contexts:',
    ...MANY_SITES.map((name) => `- name: ${name}\n  context:\n    cluster: ${name}\n    user: ${name}`),
    'users:',
    ...MANY_SITES.map(
      (name) => `- name: ${name} # of the team there\n  user:\n    token: ${base64(TOKEN_LENGTH)}`,
    ),
    'current-context: site-0',
    '',
  ].join('\n');
}

function base64(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

/** Creates each document with a run of the program, and checks it with the official client. */
export async function prepareScenarios(site: Site): Promise<readonly Scenario[]> {
  const many = manySites();
  const first = await documentAfter(undefined, ['central'], site);
  const merged = await documentAfter(OTHER_SITE, ['edge', 'central'], site);
  const manyMerged = await documentAfter(many, [...MANY_SITES, 'central'], site);
  const firstPatch = await writePatch('first.json', first, site);
  const mergedPatch = await writePatch('merged.json', merged, site);
  const manyPatch = await writePatch('many.json', manyMerged, site);
  return [
    { name: 'first write', before: undefined, after: first, patchFile: firstPatch },
    { name: 'merge', before: OTHER_SITE, after: merged, patchFile: mergedPatch },
    { name: 'nothing to do', before: merged, after: merged, patchFile: mergedPatch },
    { name: 'merge of 1 MiB', before: many, after: manyMerged, patchFile: manyPatch },
  ];
}

async function documentAfter(
  before: string | undefined,
  contexts: readonly string[],
  site: Site,
): Promise<string> {
  const { configMap, env, folder } = site;
  await configMap.reset(before);
  const scenario = { name: 'merge', before, after: '', patchFile: '' } as const;
  const command = multisiteInitOnNode.command(scenario, site);
  const { exitCode, output } = await measure({ command, env, cwd: folder, timeoutMs: TIMEOUT_MS });
  const { text } = await configMap.read();
  if (exitCode !== 0 || text === undefined) {
    throw new Error(`multisite-init ended with exit code ${exitCode}:\n${output}`);
  }
  checkDocument(text, contexts, site);
  return text;
}

function checkDocument(text: string, contexts: readonly string[], { server, token }: Site): void {
  const document = new KubeConfig();
  document.loadFromString(text);
  const names = document.getContexts().map(({ name }) => name);
  document.setCurrentContext('central');
  const isRight =
    isDeepStrictEqual(names, contexts) &&
    document.getCurrentCluster()?.server === server &&
    document.getCurrentUser()?.token === token;
  if (!isRight) {
    throw new Error(`multisite-init wrote a document with contexts ${names.join(', ')}`);
  }
}

async function writePatch(name: string, text: string, { configMap, folder }: Site): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ data: { [configMap.key]: text } }), { mode: 0o600 });
  return path;
}
