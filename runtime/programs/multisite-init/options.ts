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
  /** The address to write, and the file of its CA. Undefined for the address that every pod of the cluster gets. */
  readonly server: { readonly url: string; readonly caFile: string } | undefined;
  /** Whether to test this address before it is written. */
  readonly verifyServer: boolean;
  /** Whether to authenticate with the written entry. */
  readonly verify: boolean;
  /** How to reach the target's cluster, if it is another cluster. */
  readonly targetCluster: { readonly kubeconfig: string; readonly context: string | undefined } | undefined;
  /** Set with --watch: keep running, and serve the status on this port. */
  readonly watch: { readonly port: number } | undefined;
  readonly dryRun: boolean;
  /** Milliseconds for the whole run. */
  readonly timeoutMs: number;
  /** Milliseconds to wait for missing objects and rights. */
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
