import { describe, expect, it } from '@jest/globals';
import { background, removeService, sleep, type StopReason } from '@triphase/core';
import { create, noop, untilStopped } from './service-bench.ts';

describe('a background and a crash', () => {
  it('C58: crash() does not tell a background to stop: it goes on until the stop of the next run', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    let calls = 0;
    reactor.use(
      background('worker', async ({ signal, stopped }) => {
        calls++;
        await stopped;
        log.push((signal.reason as StopReason).kind);
      }),
    );
    await reactor.start();
    reactor.crash();
    await reactor.advanceAsync(0);
    expect([log, reactor.state]).toEqual([[], 'idle']);
    await reactor.start();
    await reactor.finish({ kind: 'mine' });
    expect([log, calls, errors]).toEqual([['mine'], 1, []]);
  });

  it('C58: a background that was told to stop before a crash, and has ended, is called again in the next run', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    reactor.use(
      background('worker', async ({ stopped }) => {
        log.push('called');
        await stopped;
        log.push('told');
      }),
    );
    await reactor.start();
    void reactor.stop();
    reactor.crash();
    await reactor.advanceAsync(0);
    expect([log, reactor.state]).toEqual([['called', 'told'], 'idle']);
    await reactor.start();
    await reactor.finish();
    expect([log, errors]).toEqual([['called', 'told', 'called', 'told'], []]);
  });

  it('C58: a background that was not ready at a crash is called again only after its first call has ended', async () => {
    const { reactor } = create();
    const log: string[] = [];
    reactor.use(
      background(
        'worker',
        async ({ cut, ready, stopped }) => {
          log.push('called');
          if (log.length > 1) ready();
          await stopped;
          log.push(`told, cut: ${String(cut.aborted)}`);
          await sleep(reactor, 100);
          log.push('ended');
        },
        { manualReady: true },
      ),
    );
    const first = reactor.run();
    reactor.crash();
    await first;
    await reactor.start();
    expect(log).toEqual(['called', 'told, cut: true', 'ended', 'called']);
    await reactor.finish();
    expect(log.slice(4)).toEqual(['told, cut: false', 'ended']);
  });

  it('C58: a background that fails after a crash is reported, and called again in the next run', async () => {
    const { reactor, errors } = create();
    let calls = 0;
    reactor.use(
      background('worker', async ({ stopped }) => {
        if (++calls > 1) return stopped;
        await sleep(reactor, 10);
        throw new Error('alone');
      }),
    );
    await reactor.start();
    reactor.crash();
    await reactor.advanceAsync(10);
    expect([errors, reactor.state]).toEqual([[new Error('alone')], 'idle']);
    await reactor.start();
    expect([calls, reactor.state]).toEqual([2, 'running']);
    await reactor.finish();
  });

  it.each([0, 10])(
    'C58: the error of a background that was told to stop before a crash, and rejects %s ms later, is reported',
    async (ms) => {
      const { reactor, errors } = create();
      const log: string[] = [];
      reactor.use(
        background('worker', async ({ stopped }) => {
          log.push('called');
          if (log.length > 1) return stopped;
          await stopped;
          if (ms > 0) await sleep(reactor, ms);
          throw new Error('told');
        }),
      );
      reactor.on('shutdown', { before: () => new Promise(noop) });
      await reactor.start();
      void reactor.stop();
      await Promise.resolve().then(noop).then(noop);
      reactor.crash();
      await reactor.advanceAsync(ms);
      expect([errors, reactor.state]).toEqual([[new Error('told')], 'idle']);
      await reactor.start();
      expect(log).toEqual(['called', 'called']);
      reactor.escalate();
    },
  );

  it('C58: a background that was told to stop before a crash, and ends in the next run, is called again', async () => {
    const { reactor, errors } = create();
    const log: string[] = [];
    reactor.use(
      background('worker', async ({ stopped }) => {
        log.push(`called at ${String(reactor.now())}`);
        await stopped;
        await sleep(reactor, 100);
      }),
    );
    await reactor.start();
    void reactor.stop();
    reactor.crash();
    await reactor.start();
    await reactor.advanceAsync(200);
    expect([log, errors, reactor.state]).toEqual([['called at 0', 'called at 100'], [], 'running']);
    await reactor.finish();
  });

  it('C58: a new service whose need failed in the run before a crash starts in the next run', async () => {
    const { reactor } = create();
    const log: string[] = [];
    let calls = 0;
    const worker = background(
      'worker',
      (context) => {
        if (++calls === 1) throw new Error('no');
        return untilStopped(context);
      },
      { onFailure: 'ignore' },
    );
    reactor.use(worker);
    await reactor.start();
    reactor.crash();
    reactor.use({ name: 'server', needs: [worker], startup: { before: () => log.push('server') } });
    await reactor.start();
    expect([log, calls]).toEqual([['server'], 2]);
    await reactor.finish();
  });

  it('C31, C58: a background that was being removed at a crash is called again when it ends in the next run', async () => {
    const { reactor } = create();
    let calls = 0;
    const worker = background('worker', async ({ stopped }) => {
      calls++;
      await stopped;
      await sleep(reactor, 100);
    });
    reactor.use(worker);
    await reactor.start();
    removeService(reactor, worker).catch(noop);
    reactor.crash();
    await reactor.start();
    await reactor.advanceAsync(100);
    expect([calls, reactor.state]).toEqual([2, 'running']);
    await reactor.finish();
  });
});
