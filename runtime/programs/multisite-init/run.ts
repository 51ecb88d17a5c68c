import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../cli/log.ts';
import type { ApiServer } from '../../kube/api-server.ts';
import type { Authenticate } from '../../kube/authenticate.ts';
import { type DataObject, describeRef, getDataObject, patchKey } from '../../kube/data-objects.ts';
import { ApiError, KubeError } from '../../kube/errors.ts';
import { retry } from '../../kube/retry.ts';
import type { Transport } from '../../kube/transport.ts';
import type { Entry } from '../../kubeconfig/entry.ts';
import type { ExistingEntry } from '../../kubeconfig/read-entry.ts';
import { renderKubeconfig } from '../../kubeconfig/render.ts';
import { checkSize, checkWritable } from './check-writable.ts';
import type { Chosen, CredentialChooser } from './credential/choose-credential.ts';
import type { Options } from './options.ts';
import { serverOfEntry } from './server-of-entry.ts';

export interface Deps {
  /** To the API server that has the target. */
  readonly target: Transport;
  /** To the API server of the cluster that the program runs in. */
  readonly local: Transport;
  /** The server to write, with its CA, as they are now. */
  readonly server: () => ApiServer;
  readonly chooser: CredentialChooser;
  /** Whether what the entry has may stay although it is not ours. */
  readonly keepsOthers: boolean;
  readonly authenticate: Authenticate;
  /** By which the entry is tried at each check of --watch; undefined where the server is not to be asked (--no-verify). */
  readonly authenticateEntry: Authenticate | undefined;
  /** The same, for an address that has to prove itself before it is written. */
  readonly verifyServer: Authenticate | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** What was written does not authenticate. */
export class UselessEntryError extends KubeError {
  override readonly name = 'UselessEntryError';
  override readonly retryWhen = 'never';
}

/** What became of the target. */
export interface Outcome {
  readonly written: boolean;
  readonly resourceVersion: string;
  readonly credential: Chosen;
  /** The server as readers reach it by the entry: with the entry's CA, and with a proxy and another name where it has those. */
  readonly server: ApiServer;
  /** How often somebody else wrote in between. */
  readonly conflicts: number;
  /** Whom the API server took the written credential for (--verify). */
  readonly verifiedAs: string | undefined;
  /** The document before, and as it would be (--dry-run). */
  readonly planned: { readonly before: string; readonly after: string } | undefined;
}

/**
 * Brings this cluster's entry into the kubeconfig of the target: reads, merges, and writes if nobody else wrote in
 * between. Whatever interrupts that cycle, a conflict or a fault, it starts again from reading, until the
 * deadline; a write whose answer got lost is thereby noticed too.
 *
 * @throws KubeError RefusedError CredentialsError, and the signal's reason
 */
export async function run(options: Options, deps: Deps, signal: AbortSignal): Promise<Outcome> {
  const cycle = new Cycle(options, deps);
  const outcome = await retry(
    options,
    deps.clock,
    signal,
    (attemptSignal) => cycle.attempt(attemptSignal),
    (error, waitMs) => deps.log.info(`${error.message}; trying again`, { retryInMs: Math.round(waitMs) }),
  );
  deps.chooser.settle();
  return outcome;
}

class Cycle {
  private readonly options: Options;
  private readonly deps: Deps;
  /** A write went off, and was not refused. */
  private mayHaveWritten = false;
  private conflicts = 0;

  constructor(options: Options, deps: Deps) {
    this.options = options;
    this.deps = deps;
  }

  async attempt(signal: AbortSignal): Promise<Outcome> {
    const { options, deps } = this;
    const { target, key, location, user } = options;
    const current = await getDataObject(deps.target, target, signal);
    const { resourceVersion } = current;
    deps.log.info(`read ${describeRef(target)} at resourceVersion ${resourceVersion}`, { resourceVersion });
    checkWritable(target.kind, current, key);

    const before = (Object.hasOwn(current.text, key) && current.text[key]) || '';
    const server = deps.server();
    const existing = await this.readExisting(before);
    const credential = await deps.chooser.choose(deps.keepsOthers ? existing : undefined, server, signal);
    const { certificateAuthorityData, token } = credential;
    const entry = { location, user, server: server.url, certificateAuthorityData, token };

    const after = await this.merge(before, entry);
    // A merge leaves what the entry says of this server, and takes out what it says of another one.
    const ca = Buffer.from(certificateAuthorityData, 'base64').toString('utf8');
    const reached = { ...serverOfEntry(server, existing), ca };
    const outcome = { server: reached, credential, verifiedAs: undefined, planned: undefined };
    if (after === undefined) {
      const verifiedAs = await this.verify(reached, token, signal);
      return { ...outcome, ...this.counted(this.mayHaveWritten), resourceVersion, verifiedAs };
    }
    checkSize(target.kind, current, key, after);
    // A token that is not requested yet cannot prove anything.
    if (!(options.dryRun && options.credential.source === 'request')) {
      await deps.verifyServer?.(reached, token, signal);
    }
    if (options.dryRun) {
      return { ...outcome, ...this.counted(false), resourceVersion, planned: { before, after } };
    }
    const written = await this.write(current, after, signal);
    const verifiedAs = await this.verify(reached, token, signal);
    return {
      ...outcome,
      ...this.counted(true),
      resourceVersion: written.resourceVersion,
      verifiedAs,
    };
  }

  private counted(written: boolean): Pick<Outcome, 'written' | 'conflicts'> {
    return { written, conflicts: this.conflicts };
  }

  /** What the document has of the entry, where that is of use: to parse it takes time. */
  private async readExisting(text: string): Promise<ExistingEntry | undefined> {
    if (text.trim() === '' || !(this.deps.keepsOthers || this.deps.verifyServer || this.options.verify)) {
      return undefined;
    }
    const { readEntry } = await import('../../kubeconfig/read-entry.ts');
    return readEntry(text, this.options.location, this.options.user);
  }

  /** The text to write; undefined when the document has the entry already. */
  private async merge(text: string, entry: Entry): Promise<string | undefined> {
    const { key } = this.options;
    const { log } = this.deps;
    if (text.trim() === '') {
      log.info(`key ${key} is empty: starting a kubeconfig with context "${entry.location}"`);
      return renderKubeconfig(entry);
    }
    // The YAML parser is a good part of the program: it is loaded only when there is something to parse.
    const { mergeEntry } = await import('../../kubeconfig/merge.ts');
    const merged = mergeEntry(text, entry);
    if (merged.changes.length === 0) {
      return undefined;
    }
    log.info(`merging into key ${key}: ${merged.changes.join(', ')}`);
    return merged.text;
  }

  private async write(current: DataObject, text: string, signal: AbortSignal): Promise<DataObject> {
    const { target, key } = this.options;
    try {
      const written = await patchKey(this.deps.target, target, key, text, current.resourceVersion, signal);
      this.mayHaveWritten = true;
      return written;
    } catch (error) {
      const code = error instanceof ApiError ? error.code : undefined;
      if (code === 409) {
        this.conflicts += 1;
      }
      if (code === undefined || code >= 500) {
        this.mayHaveWritten = true;
      }
      throw error;
    }
  }

  private async verify(server: ApiServer, token: string, signal: AbortSignal): Promise<string | undefined> {
    return this.options.verify ? tryEntry(this.deps.authenticate, server, token, signal) : undefined;
  }
}

/**
 * Tries an entry as its readers do.
 *
 * @returns whom the server takes its token for
 * @throws UselessEntryError where it takes it for nobody
 * @throws KubeError
 */
export async function tryEntry(
  authenticate: Authenticate,
  server: ApiServer,
  token: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await authenticate(server, token, signal);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 401) {
      throw error;
    }
    throw new UselessEntryError(`the entry is written, but ${server.url} does not take its token (401)`);
  }
}
