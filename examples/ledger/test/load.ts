import { expect } from '@jest/globals';
import { Agent } from 'node:http';
import type { Entry } from '../src/entry-store.ts';
import { post } from './http-client.ts';
import type { Reply } from './http-client.ts';

export const CLIENTS = 50;

/** What fifty clients saw. */
export interface Seen {
  readonly acknowledged: readonly Entry[];
  /** Clients that were told to leave: 201 or 503 with `Connection: close`. */
  readonly left: number;
  /** Clients whose request got no answer: the error of each. */
  readonly broken: readonly string[];
}

/**
 * Fifty clients post one entry after the other, each on its connection, until they are told to leave. `inTheMiddle` is called
 * once, when `middle` entries are acknowledged, at least one of each client.
 */
export async function postUntilTold(url: string, life: string, middle: number, inTheMiddle: () => void): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const acknowledged: Entry[] = [];
  const broken: string[] = [];
  let left = 0;
  let posting = 0;
  let reached = false;
  const client = async (number: number): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const text = `${life}, client ${number}, entry ${n}`;
      let reply: Reply;
      try {
        reply = await post(url, text, agent);
      } catch (error) {
        broken.push(String(error));
        return;
      }
      const last = reply.headers.connection === 'close';
      if (last) left += 1;
      if (reply.status !== 201) {
        expect({ status: reply.status, last }).toEqual({ status: 503, last: true });
        return;
      }
      const entry = JSON.parse(reply.body) as Entry;
      expect(entry).toEqual({ id: entry.id, text });
      acknowledged.push(entry);
      if (last) return;
      if (n === 0) posting += 1;
      if (!reached && posting === CLIENTS && acknowledged.length >= middle) {
        reached = true;
        inTheMiddle();
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  agent.destroy();
  return { acknowledged, left, broken };
}
