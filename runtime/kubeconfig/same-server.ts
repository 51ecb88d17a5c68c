/** Whether two URLs are the same address. A slash at the end and the default port of https make no difference. */
export function isSameServer(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && placeOf(one) === placeOf(other));
}

function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}
