import { closeSync, constants, ftruncateSync, openSync, writeSync } from 'node:fs';

/** The kubelet reads no more than this (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). */
const MAX_BYTES = 4096;

/**
 * Leaves the cause where `kubectl describe pod` shows it. The kubelet makes the file, so a missing one means that
 * nobody will read it: outside a pod nothing is created, and no error of this last step hides the cause itself.
 */
export function writeTerminationMessage(path: string, message: string): void {
  try {
    const file = openSync(path, constants.O_WRONLY);
    try {
      ftruncateSync(file, 0);
      writeSync(file, truncateUtf8(message, MAX_BYTES));
    } finally {
      closeSync(file);
    }
  } catch {
    // Not in a pod.
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
