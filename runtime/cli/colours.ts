/** Whether to write colours to stdout: only on a terminal, and only if NO_COLOR is empty or not set (https://no-color.org). */
export async function wantsColours(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  // Not process.stdout.isTTY: reading this property makes a pipe non-blocking, so that long output is cut off.
  const { isatty } = await import('node:tty');
  return isatty(1) && !env.NO_COLOR;
}
