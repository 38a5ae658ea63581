import { deepStrictEqual } from 'node:assert';
import { Agent } from 'node:http';
import type { Entry } from '../src/entry-store.ts';
import { post } from './http-client.ts';
import type { Reply } from './http-client.ts';

export const CLIENTS = 50;

/**
 * For a ledger whose clients are on a busy machine: one that gets no processor for longer than an idle connection is kept, half a second by
 * default, sends its next request on a connection that the ledger has closed (a documented limit of `serveHttp`). Tests that say "no request is
 * broken" mean the ledger, not the machine.
 */
export const KEPT_LONG = { IDLE_GRACE_MS: '5000' };

/** What fifty clients saw. */
export interface Seen {
  readonly acknowledged: readonly Entry[];
  /** Clients that were told to leave: a 201 with `Connection: close`, or a connection that was refused. */
  readonly left: number;
  /** Those of them whose connection was refused. */
  readonly refused: number;
  /** Clients whose request got no answer, though it was not refused: the error of each. */
  readonly broken: readonly string[];
}

/**
 * Fifty clients post one entry after the other, each on its connection, until they are told to leave. `inTheMiddle` is called
 * once, when `middle` entries are acknowledged, at least one of each client. Rejects when an answer is not a 201 with the entry.
 */
export async function postUntilTold(url: string, life: string, middle: number, inTheMiddle: () => void): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const acknowledged: Entry[] = [];
  const broken: string[] = [];
  let left = 0;
  let refused = 0;
  let posting = 0;
  let reached = false;
  const client = async (number: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const text = `${life}, client ${number}, entry ${n}`;
      let reply: Reply;
      try {
        reply = await post(url, text, agent);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') refused += 1;
        else broken.push(String(error));
        return;
      }
      const { id } = JSON.parse(reply.body) as Entry;
      deepStrictEqual(
        { status: reply.status, body: JSON.parse(reply.body) as unknown },
        { status: 201, body: { id, text } },
      );
      acknowledged.push({ id, text });
      if (reply.headers.connection === 'close') {
        left += 1;
        return;
      }
      if (n === 0) posting += 1;
      if (!reached && posting === CLIENTS && acknowledged.length >= middle) {
        reached = true;
        inTheMiddle();
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  agent.destroy();
  return { acknowledged, left: left + refused, refused, broken };
}
