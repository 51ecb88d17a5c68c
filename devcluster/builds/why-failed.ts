/** Why a command failed, for messages: the last lines of its output, or that it is not installed. */
export function whyFailed(error: unknown, lines: number): string {
  const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
  return code === 'ENOENT'
    ? 'it is not installed'
    : `${stdout}${stderr}`.trim().split('\n').slice(-lines).join('\n');
}
