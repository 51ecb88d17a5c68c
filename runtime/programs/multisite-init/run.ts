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
  /** The API server of the target. */
  readonly target: Transport;
  /** The API server of the cluster that the program runs in. */
  readonly local: Transport;
  /** Reads the server to write, with its CA. */
  readonly server: () => ApiServer;
  readonly chooser: CredentialChooser;
  /** Whether a credential in the entry may stay if this program did not write it. */
  readonly keepsOthers: boolean;
  readonly authenticate: Authenticate;
  /** Tests the entry at each check of --watch. Undefined with --no-verify. */
  readonly authenticateEntry: Authenticate | undefined;
  /** Tests the address of --server before it is written. Undefined without --server, and with --no-verify. */
  readonly verifyServer: Authenticate | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** The written entry does not authenticate. */
export class UselessEntryError extends KubeError {
  override readonly name = 'UselessEntryError';
  override readonly retryWhen = 'never';
}

/** The result of a run. */
export interface Outcome {
  readonly written: boolean;
  readonly resourceVersion: string;
  readonly credential: Chosen;
  /** The server as readers of the entry reach it: with the entry's CA, and with its proxy and server name, if it has them. */
  readonly server: ApiServer;
  /** How many writes failed because somebody else wrote in between. */
  readonly conflicts: number;
  /** The identity that the API server sees for the written credential (--verify). */
  readonly verifiedAs: string | undefined;
  /** The document before and after the change (--dry-run). */
  readonly planned: { readonly before: string; readonly after: string } | undefined;
}

/**
 * Writes this cluster's entry into the kubeconfig of the target: reads, merges, and writes if nobody else wrote in
 * between. After a conflict or a fault, the cycle starts again with reading, until the deadline. So it also notices a write
 * whose answer was lost.
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
  /** A write was sent, and was not refused. */
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
    // If the entry is for this server, the merge keeps its proxy and server name. If it is for another server, the merge
    // removes them.
    const ca = Buffer.from(certificateAuthorityData, 'base64').toString('utf8');
    const reached = { ...serverOfEntry(server, existing), ca };
    const outcome = { server: reached, credential, verifiedAs: undefined, planned: undefined };
    if (after === undefined) {
      const verifiedAs = await this.verify(reached, token, signal);
      return { ...outcome, ...this.counted(this.mayHaveWritten), resourceVersion, verifiedAs };
    }
    checkSize(target.kind, current, key, after);
    // In a dry run a token is not requested, so there is no token to test the server with.
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

  /** The existing entry. It is read only if it is needed, because parsing takes time. */
  private async readExisting(text: string): Promise<ExistingEntry | undefined> {
    if (text.trim() === '' || !(this.deps.keepsOthers || this.deps.verifyServer || this.options.verify)) {
      return undefined;
    }
    const { readEntry } = await import('../../kubeconfig/read-entry.ts');
    return readEntry(text, this.options.location, this.options.user);
  }

  /** The text to write. Undefined if the document has the entry already. */
  private async merge(text: string, entry: Entry): Promise<string | undefined> {
    const { key } = this.options;
    const { log } = this.deps;
    if (text.trim() === '') {
      log.info(`key ${key} is empty: starting a kubeconfig with context "${entry.location}"`);
      return renderKubeconfig(entry);
    }
    // The YAML parser is a large part of the program, so it is loaded only if there is something to parse.
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
 * Tests an entry as its readers use it.
 *
 * @returns the identity that the server sees for the token
 * @throws UselessEntryError if the server does not accept the token
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
    throw new UselessEntryError(`the entry is written, but ${server.url} does not accept its token (401)`);
  }
}
