import { randomBytes } from 'node:crypto';
import { CoreV1Api } from '@kubernetes/client-node';
import { beforeEach, expect, test } from 'vitest';
import { enterByHand, type Site, showPromise } from '../../start/show-promise.ts';
import type { Steps } from '../../start/steps.ts';
import { type DocumentRef, readDocument, writeDocument } from '../../start/written-kubeconfig.ts';
import { admin } from '../support/admin.ts';

// What is printed is checked: sites that do not keep the promise are found out.

const ACCOUNT = 'system:serviceaccount:there:site';

/** Shows nothing. */
const STEPS: Steps = { run: async (_, work) => (await work(() => {})).value };

let ref: DocumentRef;

beforeEach(async () => {
  const kubeConfig = admin();
  const namespace = `promise-${randomBytes(4).toString('hex')}`;
  const core = kubeConfig.makeApiClient(CoreV1Api);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'sites' } } });
  ref = { kubeConfig, namespace, configMap: 'sites', key: 'kubeconfig' };
  await enterByHand(STEPS, ref);
});

async function edit(change: (text: string) => string): Promise<void> {
  await writeDocument(ref, change((await readDocument(ref)).text));
}

/** Adds an entry as multisite-init does. */
function addSite(text: string): string {
  return text
    .replace('contexts:', '  - { name: a, cluster: { server: "https://a.example" } }\ncontexts:')
    .replace('users:', '  - { name: a, context: { cluster: a, user: ines } }\nusers:');
}

/** A site that keeps it, but for what a test says. */
function site(broken: Partial<Site>): Site {
  return {
    name: 'a',
    how: 'here',
    account: ACCOUNT,
    register: async () => {
      await edit(addSite);
      return 'wrote context "a"';
    },
    registerAgain: async () => 'nothing to do: context "a"',
    whoAmI: async () => ACCOUNT,
    ...broken,
  };
}

/** Says that it wrote, after such a change. */
const writing = (change: (text: string) => string) => ({
  register: async () => {
    await edit(change);
    return 'wrote context "a"';
  },
});

test('a site that keeps it is shown to the end', async () => {
  await showPromise(STEPS, ref, [site({})]);
});

test.each<[string, Partial<Site>, RegExp]>([
  [
    'writes nothing at first',
    { register: async () => 'nothing to do: context "a"' },
    /^expected multisite-init to write context "a", but its output is:\nnothing to do/,
  ],
  [
    'is not in the kubeconfig',
    writing((text) => `${text}# a\n`),
    /^expected the contexts harbour, a, but found harbour$/,
  ],
  [
    'changes a byte of another one',
    writing((text) => addSite(text).replace('# the rack', '#  the rack')),
    /^line 5 was changed, moved or removed/,
  ],
  [
    'removes a comment',
    writing((text) => addSite(text).replace(/^#.*\n/, '')),
    /^line 1 was changed, moved or removed/,
  ],
  [
    'is somebody else to its API server',
    { whoAmI: async () => 'system:anonymous' },
    /^expected system:serviceaccount:there:site in context a, but the API server answered system:anonymous$/,
  ],
  [
    'writes again',
    { registerAgain: async () => 'wrote context "a"' },
    /^expected multisite-init to find nothing to do, but its output is:\nwrote context/,
  ],
  [
    'writes again, and denies it',
    {
      registerAgain: async () => {
        await edit((text) => `${text}# a\n`);
        return 'nothing to do: context "a"';
      },
    },
    /^multisite-init found nothing to do, but the ConfigMap has changed$/,
  ],
])('a site is found out that %s', async (_, broken, message) => {
  await expect(showPromise(STEPS, ref, [site(broken)])).rejects.toThrow(message);
});
