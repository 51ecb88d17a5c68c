import type { Clock } from '../../async/clock.ts';
import type { Failure } from '../../cli/failure.ts';
import type { Log } from '../../cli/log.ts';
import type { Transport } from '../../kube/transport.ts';
import type { ClientCertificate } from './client-certificate.ts';

/** The dependencies of the program's work. */
export interface Deps {
  readonly transport: Transport;
  readonly certificate: ClientCertificate;
  readonly clock: Clock;
  readonly log: Log;
  /** The name of this replica, for Events. */
  readonly instance: string;
  readonly explain: (error: unknown, signal: AbortSignal) => Promise<Failure>;
}
