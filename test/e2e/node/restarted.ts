import { setTimeout } from 'node:timers/promises';
import { type Component, type RunningComponent, startComponent } from '../../cluster/component.ts';

const RESTART_AFTER_MS = 500;
const READY_WITHIN_MS = 60_000;

/** Starts a component, and again whenever it ends: as systemd does with the services of a node. */
export async function startRestarted(
  component: Component,
  folder: string,
  signal: AbortSignal,
): Promise<RunningComponent> {
  let running = await startComponent(component, folder, signal);
  const stopping = new AbortController();
  const keep = async (): Promise<string> => {
    for (;;) {
      const reason = await running.ended;
      if (stopping.signal.aborted) return reason;
      await setTimeout(RESTART_AFTER_MS, undefined, { signal: stopping.signal });
      const ready = AbortSignal.any([stopping.signal, AbortSignal.timeout(READY_WITHIN_MS)]);
      running = await startComponent(component, folder, ready);
    }
  };
  const ended = keep().catch((error: unknown) => `did not come back: ${error}`);
  return {
    name: component.name,
    ended,
    stop: async () => {
      stopping.abort();
      await running.stop();
      await ended;
    },
  };
}
