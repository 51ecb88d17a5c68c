/** The exit codes of every program of the image (docs/multisite-init/reference.md, "Exit codes"). */
export const ExitCode = {
  /** Done, or nothing to do. */
  ok: 0,
  /** A bug: an error that nobody expected. */
  bug: 1,
  /** Wrong command line or configuration. */
  usage: 2,
  /** No usable credentials: not in a cluster, token or CA unreadable. */
  credentials: 3,
  /** The API server answered 401 or 403. */
  denied: 4,
  /** The ConfigMap, or another object that must exist, does not exist. */
  absent: 5,
  /** No usable answer from the API server: no answer, faults or conflicts until the deadline, or a certificate that is not trusted. */
  unreachable: 6,
  /** Refused, nothing changed: malformed document, collision, too large. */
  refused: 7,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
