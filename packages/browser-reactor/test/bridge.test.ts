import { describe, expect, it } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import { bridgePage, BrowserReactor as PageReactor, type BrowserReactor } from '@triphase/browser-reactor';
import { BrowserReactor as WorkerReactor, createWorkerReactor } from '@triphase/browser-reactor/worker';
import { fakePage, keepBusy, workerOf, type Page } from './page.ts';

const EVENTS = ['hidden', 'visible', 'suspend', 'resume', 'shutdown'] as const;

/** A page, a worker with a running reactor, and a bridge between them. Messages are cloned, as between real threads. */
async function bridged(page = fakePage(), whenHidden: 'run' | 'throttle' | 'pause' = 'throttle') {
  const inWorker = fakePage();
  const host = workerOf(inWorker);
  const fired: unknown[] = [];
  const reactor = createWorkerReactor({
    host,
    whenHidden,
    observer: { firing: (_step, { event }) => fired.push(event) },
  });
  const journal: unknown[] = [];
  for (const event of EVENTS) reactor.on(event, ({ detail, terminal }) => journal.push([event, detail, terminal]));
  const run = reactor.run();
  await inWorker.runMicrotasks();
  const post = (data: unknown): void =>
    void host.worker.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) }));
  const bridge = bridgePage({ postMessage: post }, { host: page });
  fired.length = 0; // without the firing of startup
  return { page, inWorker, reactor, journal, fired, run, post, bridge };
}

const names = (journal: readonly unknown[]): string => journal.map((entry) => (entry as [string])[0]).join(' ');

describe('bridgePage', () => {
  it('B7: the reactor in the worker fires each event of the page once, in the same order', async () => {
    const { page, journal } = await bridged();
    page.leave();
    page.freeze();
    page.comeBack();
    page.hide();
    page.show();
    expect(journal).toEqual([
      ['hidden', { persisted: true }, true],
      ['suspend', { persisted: true }, true],
      ['resume', { persisted: true }, false],
      ['visible', { persisted: true }, false],
      ['hidden', { persisted: false }, false],
      ['visible', { persisted: false }, false],
    ]);
  });

  it('B7: a page that is closed shuts down the reactor in its worker', async () => {
    const { page, inWorker, reactor, journal, run } = await bridged();
    page.close();
    expect(journal.at(-1)).toEqual(['shutdown', { kind: 'pagehide' }, true]);
    expect([(await run).reason, reactor.state]).toEqual([{ kind: 'pagehide' }, 'stopped']);
    inWorker.deliverMessages();
    expect(inWorker.outstanding).toBe(0);
  });

  it.each([
    { whenHidden: 'run', later: 1 },
    { whenHidden: 'throttle', later: 0 },
    { whenHidden: 'pause', later: 0 },
  ] as const)(
    'B5, B7: while the page is hidden, the reactor in the worker follows whenHidden $whenHidden, although the worker has frames',
    async ({ whenHidden, later }) => {
      const { page, inWorker, reactor } = await bridged(fakePage(), whenHidden);
      let frames = 0;
      reactor.onFrame(() => frames++);
      const { ran } = keepBusy(reactor);
      inWorker.runFrame();
      page.hide();
      const before = ran.length;
      inWorker.runFrame();
      inWorker.deliverMessages();
      expect([whenHidden, ran.length - before, frames]).toEqual([whenHidden, later, 1]);
      page.show();
      inWorker.runFrame();
      expect(frames).toBe(2);
    },
  );

  it('B7: the bridge of a page that is hidden already fires hidden at once', async () => {
    const { page, journal } = await bridged(fakePage({ visibilityState: 'hidden' }));
    expect(names(journal)).toBe('hidden');
    page.show();
    expect(names(journal)).toBe('hidden visible');
  });

  it('B7: a removed bridge leaves no listener, and fires nothing', async () => {
    const { page, journal, bridge } = await bridged();
    expect(page.outstanding).toBe(5);
    expect([bridge.remove(), bridge.remove()]).toEqual([true, false]);
    expect(page.outstanding).toBe(0);
    page.hide();
    expect(journal).toEqual([]);
    const again = bridgePage({ postMessage: () => undefined }, { host: page });
    again[Symbol.dispose]();
    expect(page.outstanding).toBe(0);
  });

  it('B10: it does not listen to unload or beforeunload', async () => {
    const { page } = await bridged();
    expect([page.calls['window.addEventListener'], page.calls['document.addEventListener']]).toEqual([2, 3]);
  });

  it.each([
    undefined,
    null,
    7,
    'hidden',
    {},
    [],
    { triphase: null },
    { triphase: 'hidden' },
    { triphase: {} },
    { triphase: { type: 'startup' } },
    { type: 'hidden' },
  ])('B7: the message %j, which is not of the bridge, is ignored', async (message) => {
    const { fired, post, reactor } = await bridged();
    post(message);
    expect([fired, reactor.state]).toEqual([[], 'running']);
  });

  it('B7: after its run the reactor in the worker fires nothing, and leaves no listener', async () => {
    const { page, inWorker, reactor, journal } = await bridged();
    reactor.crash();
    page.hide();
    expect([journal, inWorker.outstanding]).toEqual([[], 0]);
    void reactor.run();
    page.show();
    expect(names(journal)).toBe('visible');
  });

  it('B7: both entries of the package export the same class', () => {
    const reactor: BrowserReactor = createWorkerReactor();
    expect(reactor).toBeInstanceOf(PageReactor);
    expect(WorkerReactor).toBe(PageReactor);
  });

  it('B7: without a bridge the page counts as visible', async () => {
    const inWorker: Page = fakePage();
    const reactor = createWorkerReactor({ host: workerOf(inWorker), whenHidden: 'pause' });
    void reactor.run();
    await inWorker.runMicrotasks();
    const { ran } = keepBusy(reactor);
    inWorker.runFrame();
    expect(ran.length).toBe(1);
  });

  it('B14: on a host that is no page it throws HostMissingError', () => {
    expect(() => bridgePage({ postMessage: () => undefined })).toThrow(HostMissingError);
    expect(() => bridgePage({ postMessage: () => undefined }, { host: workerOf(fakePage()) })).toThrow(
      HostMissingError,
    );
  });
});
