const POLL_MS = 1000;

/** Ends this process if the npm that started it was killed. npm passes on other signals, but cannot pass on SIGKILL. */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) {
    return;
  }
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== npm) {
      process.kill(process.pid, 'SIGTERM');
    }
  }, POLL_MS);
  watch.unref();
}
