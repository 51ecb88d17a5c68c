import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';

/** The kubelet reads at most this (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). */
const MAX_BYTES = 4096;

/**
 * Writes the cause where `kubectl describe pod` shows it: into the file that TERMINATION_MESSAGE_PATH names, by default
 * /dev/termination-log. The kubelet creates this file for a container. If the file does not exist, the program is not in a
 * container, and nothing is written. An error in writing is ignored, so that it does not hide the real cause.
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
  // Do not cut before a continuation byte (10xxxxxx): half a character would be left.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end--;
  }
  return bytes.subarray(0, end);
}
