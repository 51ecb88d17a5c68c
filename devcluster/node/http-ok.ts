/** Whether a component's health endpoint, plain HTTP on loopback, answers 200. */
export function httpOk(url: string, signal: AbortSignal): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
