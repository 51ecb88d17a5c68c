import { addedLines } from './added-lines.ts';
import { HAND_WRITTEN } from './hand-written.ts';
import { shownDocument } from './shown-document.ts';
import type { Steps } from './steps.ts';
import { type DocumentRef, parseKubeconfig, readDocument, writeDocument } from './written-kubeconfig.ts';

/** A cluster that registers itself in the kubeconfig. */
export interface Site {
  /** The name of its context. */
  readonly name: string;
  /** The end of the sentence "registers itself …". */
  readonly how: string;
  /** The identity that its API server must report for the written token. */
  readonly account: string;
  /** Runs multisite-init once, like a pod of the site. Returns the output. @throws if the run fails */
  register(): Promise<string>;
  /** `register` for the next pod of the site. */
  registerAgain(): Promise<string>;
  /** Asks the site's API server for the identity of the token in the site's context. */
  whoAmI(kubeconfig: string): Promise<string>;
}

/** An administrator enters a site by hand, before any other. */
export async function enterByHand(steps: Steps, ref: DocumentRef): Promise<void> {
  await steps.run('by hand', async () => {
    await writeDocument(ref, HAND_WRITTEN.document);
    const { text } = await readDocument(ref);
    if (text !== HAND_WRITTEN.document) {
      throw new Error('the ConfigMap differs from what was written');
    }
    return { summary: 'an administrator enters a first site and a comment', value: undefined };
  });
}

/** The sites register in one kubeconfig, which is then checked and used. */
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
      throw new Error(
        `expected multisite-init to write context "${site.name}", but its output is:\n${lines.join('\n')}`,
      );
    }
    return { summary: `registers itself ${site.how}`, details, value: undefined };
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
      summary: `the ConfigMap has ${contexts.length} sites; each new line has a +`,
      details: lines.map(({ text: line, added }) => `${added ? '+' : ' '} ${line}`.trimEnd()),
      value,
    };
  });
  await steps.run('diff', async () => {
    const lines = addedLines(before, after);
    const added = lines.filter((line) => line.added).length;
    return {
      summary: `${added} lines added, all ${Buffer.byteLength(before)} bytes from before unchanged`,
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
    return { summary: 'each API server names the user of its token', details, value: undefined };
  });
}

async function showSecondRun(steps: Steps, ref: DocumentRef, sites: readonly Site[]): Promise<void> {
  await steps.run('second run', async () => {
    const before = await readDocument(ref);
    for (const site of sites) {
      const lines = linesOf(await site.registerAgain());
      if (!lines.some((line) => line.startsWith(`nothing to do: context "${site.name}"`))) {
        throw new Error(
          `expected multisite-init to find nothing to do, but its output is:\n${lines.join('\n')}`,
        );
      }
    }
    const after = await readDocument(ref);
    if (after.text !== before.text || after.resourceVersion !== before.resourceVersion) {
      throw new Error('multisite-init found nothing to do, but the ConfigMap has changed');
    }
    return {
      summary: 'of multisite-init: nothing to do, nothing written',
      details: [`the ConfigMap is still at resourceVersion ${before.resourceVersion}`],
      value: undefined,
    };
  });
}

/** The lines of the program's output, without the program's name. */
function linesOf(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^multisite-init: /, ''));
}
