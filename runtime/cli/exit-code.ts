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
  /** The API server said 401 or 403. */
  denied: 4,
  /** The ConfigMap, or what else must exist, is not there. */
  absent: 5,
  /** The API server could not be reached, or kept failing, until the deadline. */
  unreachable: 6,
  /** Refused, nothing changed: malformed document, collision, too large. */
  refused: 7,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
