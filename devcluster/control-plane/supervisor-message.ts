/** A message from a supervisor to its parent process. */
export type SupervisorMessage<Facts> =
  | { readonly kind: 'progress'; readonly line: string; readonly fraction?: number }
  | { readonly kind: 'started'; readonly facts: Facts }
  | { readonly kind: 'failed'; readonly reason: string };
