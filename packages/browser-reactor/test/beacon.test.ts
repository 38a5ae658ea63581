import { describe, expect, it } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import { BrowserReactor, type BrowserHost } from '@triphase/browser-reactor';
import { fakePage, hops, running, workerOf } from './page.ts';

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A reactor in a worker, which has no beacons. `sent` holds its calls of fetch. */
function fetchingWorker(): { readonly reactor: BrowserReactor; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch = (url: string, init: RequestInit): Promise<unknown> => {
    sent.push({ url, init });
    return Promise.reject(new TypeError('offline'));
  };
  return { reactor: new BrowserReactor({ host: { ...workerOf(fakePage()), navigator: {}, fetch } }), sent };
}

interface Answer {
  /** The headers arrive. */
  begin(): { end(): void; fail(): void };
  fail(): void;
}

/** The host of a worker whose requests are answered by `answers`. */
function waitingWorker(): { readonly host: Partial<BrowserHost>; readonly sent: Sent[]; readonly answers: Answer[] } {
  const sent: Sent[] = [];
  const answers: Answer[] = [];
  const fetch = (url: string, init: RequestInit): Promise<unknown> => {
    sent.push({ url, init });
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new TypeError('lost'));
      const begin = (): { end(): void; fail(): void } => {
        const ends = { end: (): void => undefined, fail: (): void => undefined };
        const body = new Promise((resolveBody, rejectBody) => {
          ends.end = () => resolveBody(new ArrayBuffer(0));
          ends.fail = () => rejectBody(new TypeError('lost'));
        });
        resolve({ arrayBuffer: () => body });
        return ends;
      };
      answers.push({ begin, fail });
    });
  };
  return { host: { ...workerOf(fakePage()), navigator: {}, fetch }, sent, answers };
}

describe('send', () => {
  it('B12: it calls sendBeacon and returns its result', () => {
    const sent: unknown[] = [];
    let accepts = true;
    const navigator = {
      sendBeacon(...what: unknown[]) {
        expect(this).toBe(navigator);
        sent.push(what);
        return accepts;
      },
    };
    const fetch: BrowserHost['fetch'] = () => Promise.reject(new Error('never asked'));
    const reactor = new BrowserReactor({ host: { ...fakePage(), navigator, fetch } });
    const body = new Blob(['{}'], { type: 'application/json' });
    expect(reactor.send('/a', body)).toBe(true);
    expect(reactor.send('/b')).toBe(true);
    accepts = false;
    expect(reactor.send('/c', 'text')).toBe(false);
    expect(sent).toEqual([
      ['/a', body],
      ['/b', undefined],
      ['/c', 'text'],
    ]);
  });

  it('B12: without sendBeacon it calls fetch with keepalive, whose failure is not reported', async () => {
    const { reactor, sent } = fetchingWorker();
    expect([reactor.send('/a', 'text'), reactor.send('/b')]).toEqual([true, true]);
    const init = { method: 'POST', keepalive: true, credentials: 'include' };
    expect(sent).toEqual([
      { url: '/a', init: { ...init, body: 'text' } },
      { url: '/b', init },
    ]);
    await new Promise(setImmediate); // an unhandled rejection would fail the test
  });

  it('B12: it returns false for more than 64 KiB, in bytes, which fetch would refuse', async () => {
    const { reactor, sent } = fetchingWorker();
    const full = 'x'.repeat(65_536);
    expect([reactor.send('/', `${full}x`), reactor.send('/', 'ü'.repeat(32_769))]).toEqual([false, false]);
    expect(reactor.send('/', new Uint8Array(65_537))).toBe(false);
    expect(reactor.send('/', full)).toBe(true);
    expect(sent.length).toBe(1);
    await hops(10);
  });

  it('B17: in a worker all requests under way may have 64 KiB together: of three with 40 kB one is sent', async () => {
    const { host, sent, answers } = waitingWorker();
    const reactor = new BrowserReactor({ host });
    const body = 'x'.repeat(40_000);
    const send = (): boolean => reactor.send('/', body);
    expect([send(), send(), send()]).toEqual([true, false, false]);
    expect(reactor.send('/', 'x'.repeat(25_536))).toBe(true);
    expect([reactor.send('/', 'x'), reactor.send('/'), sent.length]).toEqual([false, true, 3]);
    // A request counts until its whole answer has arrived.
    const answer = answers[0]!.begin();
    await hops(10);
    expect(send()).toBe(false);
    answer.end();
    await hops(10);
    expect([send(), send()]).toEqual([true, false]);
  });

  it('B17: a request that has failed, at once or with its answer, does not count any more', async () => {
    const { host, answers } = waitingWorker();
    const reactor = new BrowserReactor({ host });
    const send = (): boolean => reactor.send('/', new Uint8Array(65_536));
    expect([send(), send()]).toEqual([true, false]);
    answers[0]!.fail();
    await hops(10);
    expect([send(), send()]).toEqual([true, false]);
    answers[1]!.begin().fail();
    await hops(10);
    expect([send(), send()]).toEqual([true, false]);
  });

  it('B17: the reactors of one worker share a count; another worker has its own', () => {
    const { host } = waitingWorker();
    const [one, other] = [new BrowserReactor({ host }), new BrowserReactor({ host })];
    const elsewhere = new BrowserReactor({ host: waitingWorker().host });
    const body = 'x'.repeat(40_000);
    expect([one.send('/', body), other.send('/', body), elsewhere.send('/', body)]).toEqual([true, false, true]);
  });

  it('B17: an error that fetch throws is thrown, and the request does not count', () => {
    let throws = true;
    const fetch = (): Promise<unknown> => {
      if (throws) throw new TypeError('no address');
      return new Promise(() => undefined);
    };
    const reactor = new BrowserReactor({ host: { ...workerOf(fakePage()), navigator: {}, fetch } });
    const body = 'x'.repeat(65_536);
    expect(() => reactor.send('http://', body)).toThrow('no address');
    throws = false;
    expect(reactor.send('/', body)).toBe(true);
  });

  it('B12: it returns false without sendBeacon and fetch', () => {
    const host = { ...workerOf(fakePage()), navigator: {}, fetch: undefined } as unknown as Partial<BrowserHost>; // as: a host that has none
    const { fetch } = globalThis;
    Object.assign(globalThis, { fetch: undefined });
    const reactor = new BrowserReactor({ host });
    Object.assign(globalThis, { fetch });
    expect(reactor.send('/', 'text')).toBe(false);
  });

  it('B12: in each phase of hidden and shutdown of a closed page it sends in order, at once and ten awaits later', async () => {
    const sent: string[] = [];
    const navigator = { sendBeacon: (url: string) => sent.push(url) > 0 };
    const page = Object.assign(fakePage(), { navigator });
    const reactor = await running(page);
    for (const event of ['hidden', 'shutdown'] as const) {
      const trigger = async ({ phase }: { readonly phase: string }): Promise<void> => {
        reactor.send(`${event} ${phase}`);
        await hops(10);
        reactor.send(`${event} ${phase} later`);
      };
      reactor.on(event, { before: trigger, during: trigger, after: trigger });
    }
    page.close();
    await hops(1_000);
    expect(sent).toEqual(
      ['hidden', 'shutdown'].flatMap((event) =>
        ['before', 'during', 'after'].flatMap((phase) => [`${event} ${phase}`, `${event} ${phase} later`]),
      ),
    );
  });

  it('B12: an error that sendBeacon throws is thrown', () => {
    const navigator = {
      sendBeacon: () => {
        throw new TypeError('no address');
      },
    };
    expect(() => new BrowserReactor({ host: { ...fakePage(), navigator } }).send('http://')).toThrow('no address');
  });

  it('B14: on a host that is no page and no worker it throws HostMissingError', () => {
    expect(() => new BrowserReactor().send('/')).toThrow(HostMissingError);
  });
});
