/** The path of a request URL, without the query. */
export function pathOf(url = ''): string {
  const queryStart = url.indexOf('?');
  return queryStart < 0 ? url : url.slice(0, queryStart);
}
