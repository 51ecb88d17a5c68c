import { setTimeout } from 'node:timers/promises';
import { type Component, type RunningComponent, startComponent } from '../control-plane/component.ts';

const RESTART_AFTER_MS = 500;
const READY_WITHIN_MS = 60_000;

/** Starts a component, and restarts it whenever it ends, like systemd on a real node. */
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
      if (stopping.signal.aborted) {
        return reason;
      }
      running = await startAgain(component, folder, stopping.signal);
    }
  };
  const ended = keep().catch((error: unknown) => `could not be restarted: ${error}`);
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

/** Tries again until the component is ready. The kubelet ends again if containerd ended too and is not ready yet. */
async function startAgain(
  component: Component,
  folder: string,
  stopping: AbortSignal,
): Promise<RunningComponent> {
  const deadline = AbortSignal.any([stopping, AbortSignal.timeout(READY_WITHIN_MS)]);
  for (;;) {
    await setTimeout(RESTART_AFTER_MS, undefined, { signal: deadline });
    try {
      return await startComponent(component, folder, deadline);
    } catch (error) {
      if (deadline.aborted) {
        throw error;
      }
    }
  }
}
