/** Aborted once the run is interrupted: what a setup builds or starts must not keep Ctrl-C waiting. */
export function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
