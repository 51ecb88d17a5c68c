import type { ControlPlaneFacts } from './control-plane.ts';

/** What the supervisor (main.ts) tells the process that started it. */
export type SupervisorMessage =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'started'; readonly facts: ControlPlaneFacts }
  | { readonly kind: 'failed'; readonly reason: string };
