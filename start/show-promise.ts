import { addedLines } from './added-lines.ts';
import { HAND_WRITTEN } from './hand-written.ts';
import { shownDocument } from './shown-document.ts';
import type { Steps } from './steps.ts';
import { type DocumentRef, parseKubeconfig, readDocument, writeDocument } from './written-kubeconfig.ts';

/** A cluster that writes itself into the kubeconfig. */
export interface Site {
  /** Of its context. */
  readonly name: string;
  /** How it gets into the kubeconfig, as the end of a sentence that begins with "registers itself". */
  readonly how: string;
  /** As whom its API server is to know the bearer of the token that it writes. */
  readonly account: string;
  /** Runs multisite-init once, as a pod of the site does; what it said. @throws if it fails */
  register(): Promise<string>;
  /** The same for the next pod of the site. */
  registerAgain(): Promise<string>;
  /** Asks its API server, by its context of the kubeconfig, who that is. */
  whoAmI(kubeconfig: string): Promise<string>;
}

/** An administrator enters a site by hand, before any other. */
export async function enterByHand(steps: Steps, ref: DocumentRef): Promise<void> {
  await steps.run('by hand', async () => {
    await writeDocument(ref, HAND_WRITTEN.document);
    const { text } = await readDocument(ref);
    if (text !== HAND_WRITTEN.document) {
      throw new Error('the ConfigMap does not have what was written');
    }
    return { said: 'an administrator enters a first site and a comment', value: undefined };
  });
}

/** Sites write themselves into one kubeconfig, which is then looked at and used. */
export async function showPromise(steps: Steps, ref: DocumentRef, sites: readonly Site[]): Promise<void> {
  for (const site of sites) {
    await showRegistration(steps, site);
  }
  await showKubeconfig(steps, ref, sites);
  await showIdentities(steps, ref, sites);
  await showSecondRun(steps, ref, sites);
}

async function showRegistration(steps: Steps, site: Site): Promise<void> {
  await steps.run(site.name, async () => {
    const lines = linesOf(await site.register());
    const details = lines.filter((line) => line.startsWith(`wrote context "${site.name}"`));
    if (details.length === 0) {
      throw new Error(`expected multisite-init to write context "${site.name}", but:\n${lines.join('\n')}`);
    }
    return { said: `registers itself ${site.how}`, details, value: undefined };
  });
}

function contextsOf(kubeconfig: string): string[] {
  return parseKubeconfig(kubeconfig)
    .getContexts()
    .map(({ name }) => name);
}

async function showKubeconfig(steps: Steps, ref: DocumentRef, sites: readonly Site[]): Promise<void> {
  const { before, after } = await steps.run('kubeconfig', async () => {
    const { text } = await readDocument(ref);
    const contexts = contextsOf(text);
    const expected = [HAND_WRITTEN.context, ...sites.map(({ name }) => name)];
    if (contexts.join() !== expected.join()) {
      throw new Error(`expected the contexts ${expected.join(', ')}, but found ${contexts.join(', ')}`);
    }
    const value = { before: HAND_WRITTEN.document, after: text };
    const lines = addedLines(shownDocument(value.before).trimEnd(), shownDocument(value.after).trimEnd());
    return {
      said: `of ${contexts.length} sites, in the ConfigMap; + marks what is new`,
      details: lines.map(({ text: line, added }) => `${added ? '+' : ' '} ${line}`.trimEnd()),
      value,
    };
  });
  await steps.run('diff', async () => {
    const lines = addedLines(before, after);
    const added = lines.filter((line) => line.added).length;
    return {
      said: `${added} lines added, all ${Buffer.byteLength(before)} bytes from before unchanged`,
      value: undefined,
    };
  });
}

async function showIdentities(steps: Steps, ref: DocumentRef, sites: readonly Site[]): Promise<void> {
  await steps.run('identity', async () => {
    const { text } = await readDocument(ref);
    const details = [`${HAND_WRITTEN.context}  (not asked: its address is an example)`];
    for (const { name, account, whoAmI } of sites) {
      const identity = await whoAmI(text);
      if (identity !== account) {
        throw new Error(`expected ${account} in context ${name}, but the API server answered ${identity}`);
      }
      details.push(`${name.padEnd(HAND_WRITTEN.context.length)}  ${identity}`);
    }
    return { said: 'asked who uses it, each API server answers', details, value: undefined };
  });
}

async function showSecondRun(steps: Steps, ref: DocumentRef, sites: readonly Site[]): Promise<void> {
  await steps.run('second run', async () => {
    const before = await readDocument(ref);
    for (const site of sites) {
      const lines = linesOf(await site.registerAgain());
      if (!lines.some((line) => line.startsWith(`nothing to do: context "${site.name}"`))) {
        throw new Error(`expected multisite-init to find nothing to do, but:\n${lines.join('\n')}`);
      }
    }
    const after = await readDocument(ref);
    if (after.text !== before.text || after.resourceVersion !== before.resourceVersion) {
      throw new Error('multisite-init found nothing to do, and the ConfigMap changed all the same');
    }
    return {
      said: 'of multisite-init: nothing to do, nothing written',
      details: [`the ConfigMap is still at resourceVersion ${before.resourceVersion}`],
      value: undefined,
    };
  });
}

/** The lines of what the program said, without its name. */
function linesOf(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^multisite-init: /, ''));
}
