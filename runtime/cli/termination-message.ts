import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';

/** The kubelet reads no more than this (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). */
const MAX_BYTES = 4096;

/**
 * Leaves the cause where `kubectl describe pod` shows it: in the file that TERMINATION_MESSAGE_PATH names, by default
 * /dev/termination-log. The kubelet makes that file for a container. Where there is none, the program does not run as a
 * container, and nothing is written; no error of this last step hides the cause itself.
 */
export function writeTerminationMessage(
  env: Readonly<Record<string, string | undefined>>,
  message: string,
): void {
  try {
    const file = openSync(env.TERMINATION_MESSAGE_PATH ?? '/dev/termination-log', constants.O_WRONLY);
    try {
      ftruncateSync(file, 0);
      writeSync(file, truncateUtf8(message, MAX_BYTES));
    } finally {
      closeSync(file);
    }
  } catch {
    // Not in a container.
  }
}

function truncateUtf8(text: string, maxBytes: number): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) {
    return bytes;
  }
  let end = maxBytes;
  // A continuation byte (10xxxxxx) at the cut would leave half a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end--;
  }
  return bytes.subarray(0, end);
}
