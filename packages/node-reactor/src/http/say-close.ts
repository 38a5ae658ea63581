import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Fields of Node's answers: whether the connection ends after it, and whether the program took the header out. */
export interface ResponseFields {
  _last?: boolean;
  readonly _removedConnection?: boolean;
}

type Headers = OutgoingHttpHeaders | readonly unknown[];

/**
 * Makes an answer say `Connection: close`, also where the program wants `keep-alive`. `setHeader` is called only where the program has set
 * or removed that header: after a `setHeader`, Node 20 keeps only the last header of each name in the array that `writeHead` gets.
 */
export function sayClose(response: ServerResponse, args: unknown[]): void {
  response.shouldKeepAlive = false;
  const { _removedConnection: isRemoved } = response as ResponseFields; // as: Node's own field
  if (isRemoved === true || response.hasHeader('connection')) response.setHeader('Connection', 'close');
  const at = args.findIndex((argument) => typeof argument === 'object' && argument !== null);
  if (at >= 0) args[at] = withoutConnection(args[at] as Headers); // as: what `writeHead` takes
}

function withoutConnection(headers: Headers): Headers {
  const isConnection = (name: unknown): boolean => String(name).toLowerCase() === 'connection';
  if (!Array.isArray(headers)) {
    const kept = Object.entries(headers as OutgoingHttpHeaders).filter(([name]) => !isConnection(name));
    return Object.fromEntries(kept);
  }
  const list: readonly unknown[] = headers;
  if (Array.isArray(list[0])) return list.filter((pair) => !isConnection((pair as readonly unknown[])[0])); // as: pairs of name and value
  return list.filter((_item, index) => !isConnection(list[index - (index % 2)]));
}
