/** What a supervisor tells the process that started it. */
export type SupervisorMessage<Facts> =
  | { readonly kind: 'progress'; readonly line: string; readonly fraction?: number }
  | { readonly kind: 'started'; readonly facts: Facts }
  | { readonly kind: 'failed'; readonly reason: string };
