/** Why a command failed, in words: the last lines of what it said, or that it is not there. */
export function whyFailed(error: unknown, lines: number): string {
  const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
  return code === 'ENOENT'
    ? 'it is not installed'
    : `${stdout}${stderr}`.trim().split('\n').slice(-lines).join('\n');
}
