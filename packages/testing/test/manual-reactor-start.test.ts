import { describe, expect, it } from '@jest/globals';
import { every, ReactorNotRunningError, sleep, StartupFailedError } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('ManualReactor: start and finish', () => {
  it('C49: start() resolves with the report of startup, and the reactor is running', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', { before: () => Promise.resolve(), during: () => undefined });
    const report = await reactor.start();
    expect(report.event).toBe('startup');
    expect(report.counts).toEqual({ before: 1, during: 1, after: 0 });
    expect(reactor.state).toBe('running');
    expect(reactor.now()).toBe(0);
    await reactor.finish();
  });

  it('C49: start() and finish() move time for triggers that sleep', async () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    reactor.on('startup', async () => {
      await sleep(reactor, 60_000);
      seen.push(`up at ${reactor.now()}`);
    });
    reactor.on('shutdown', async () => {
      await sleep(reactor, 1_000);
      seen.push(`down at ${reactor.now()}`);
    });
    await reactor.start();
    const result = await reactor.finish({ kind: 'signal', signal: 'SIGTERM' });
    expect(seen).toEqual(['up at 60000', 'down at 61000']);
    expect(result.reason).toEqual({ kind: 'signal', signal: 'SIGTERM' });
    expect(result.shutdown?.duration).toBe(1_000);
  });

  it('C49: start() and finish() move time no further than necessary', async () => {
    const reactor = new ManualReactor();
    reactor.callLater(500, () => {
      throw new Error('this must not run');
    });
    reactor.on('startup', () => sleep(reactor, 100));
    await reactor.start();
    expect(reactor.now()).toBe(100);
    const { left } = await reactor.finish();
    expect(reactor.now()).toBe(100);
    expect(left).toEqual({ queued: 0, timed: 1 });
  });

  it('C49: start() waits for real timers', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', () => new Promise((resolve) => setTimeout(resolve, 5)));
    await reactor.start();
    expect(reactor.running).toBe(true);
    await reactor.finish();
  });

  it('C49: when startup never ends, in an endless program, start() rejects with the name of the trigger', async () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    reactor.on('startup', () => new Promise(() => undefined), { name: 'connect' });
    await expect(reactor.start()).rejects.toMatchObject({ code: 'ERR_TRIPHASE_RUNAWAY', culprit: 'connect' });
    reactor.crash();
  });

  it('C49: when the start fails, start() runs shutdown to its end and rejects with StartupFailedError', async () => {
    const reactor = new ManualReactor({ onError: () => undefined });
    const seen: string[] = [];
    reactor.on('startup', {
      before: () => {
        throw new Error('no configuration');
      },
    });
    reactor.on('shutdown', async () => {
      await sleep(reactor, 10);
      seen.push('cleaned up');
    });
    await expect(reactor.start()).rejects.toBeInstanceOf(StartupFailedError);
    expect(seen).toEqual(['cleaned up']);
    expect(reactor.state).toBe('stopped');
    await expect(reactor.finish()).rejects.toBeInstanceOf(StartupFailedError);
  });

  it('C49: when the start is stopped, start() resolves with the report of the phases that ran', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', { before: () => void reactor.stop(), during: () => undefined });
    const report = await reactor.start();
    expect(report.counts).toEqual({ before: 1, during: 0, after: 0 });
    expect(reactor.state).toBe('stopped');
  });

  it('C49: finish() while starting stops the start', async () => {
    const reactor = new ManualReactor();
    reactor.on('startup', () => sleep(reactor, 10));
    const ended = reactor.run();
    const result = await reactor.finish({ kind: 'early' });
    expect(await ended).toBe(result);
    expect(result.reason.kind).toBe('early');
    expect(await reactor.finish()).toBe(result);
  });

  it('C28: finish() of a reactor that was not started rejects with ReactorNotRunningError', async () => {
    await expect(new ManualReactor().finish()).rejects.toBeInstanceOf(ReactorNotRunningError);
  });
});
