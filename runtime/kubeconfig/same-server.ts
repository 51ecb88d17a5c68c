/** Whether two URLs lead to the same place: with a slash at the end or not, and with the port of https or without. */
export function isSameServer(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && placeOf(one) === placeOf(other));
}

function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
