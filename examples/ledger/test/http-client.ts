import { once } from 'node:events';
import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Entry } from '../src/entry-store.ts';

/** An answer with its whole body. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SendOptions {
  readonly agent?: Agent;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends one request, and never repeats it. */
export async function send(
  method: string,
  url: string,
  { agent, headers = {}, body }: SendOptions = {},
): Promise<Reply> {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const outgoing = request(url, { method, headers: { ...length, ...headers }, ...(agent && { agent }) });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}

/** Posts an entry with this text. */
export function post(url: string, entry: string, agent?: Agent): Promise<Reply> {
  return send('POST', `${url}/entries`, { body: JSON.stringify({ text: entry }), ...(agent && { agent }) });
}

/** Lists all entries, page by page. */
export async function listAll(url: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const { status, body } = await send('GET', `${url}/entries?limit=1000&after=${entries.at(-1)?.id ?? 0}`);
    if (status !== 200) throw new Error(`GET /entries: ${status} ${body}`);
    const page = JSON.parse(body) as Entry[];
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}
