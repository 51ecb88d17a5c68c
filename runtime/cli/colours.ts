/** Whether to write colours to stdout: on a terminal only, and not where NO_COLOR asks for none (https://no-color.org). */
export async function wantsColours(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  // Not process.stdout.isTTY: to look at that stream makes a pipe one that takes no more than it has room for.
  const { isatty } = await import('node:tty');
  return isatty(1) && !env.NO_COLOR;
}
