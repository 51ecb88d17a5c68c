import type { LogFormat } from '../../cli/log.ts';
import type { DataObjectRef } from '../../kube/data-objects.ts';

/** What the command line asks for. */
export interface Options {
  /** The object that holds the kubeconfig. */
  readonly target: DataObjectRef;
  readonly key: string;
  readonly location: string;
  readonly user: string;
  readonly credential: CredentialOptions;
  /** The address to write, and the file of its CA; undefined for the one that every pod of the cluster has. */
  readonly server: { readonly url: string; readonly caFile: string } | undefined;
  /** Whether that address has to prove itself before it is written. */
  readonly verifyServer: boolean;
  /** Whether to authenticate with what was written. */
  readonly verify: boolean;
  /** Where the target is another cluster's. */
  readonly targetCluster: { readonly kubeconfig: string; readonly context: string | undefined } | undefined;
  /** To keep running, and to tell on this port how that goes. */
  readonly watch: { readonly port: number } | undefined;
  readonly dryRun: boolean;
  /** Milliseconds for the whole run. */
  readonly timeoutMs: number;
  /** Milliseconds for absent objects and rights to appear. */
  readonly waitMs: number;
  readonly logFormat: LogFormat;
}

/** Where the entry's token comes from. */
export type CredentialOptions =
  | { readonly source: 'mounted' }
  | {
      readonly source: 'request';
      readonly serviceAccount: string;
      /** Undefined for the API server's default: an hour. */
      readonly expirationSeconds: number | undefined;
    }
  | { readonly source: 'secret'; readonly secret: string }
  | { readonly source: 'file'; readonly tokenFile: string };
