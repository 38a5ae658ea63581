import { describe, expect, it } from '@jest/globals';
import { every, sleep } from '@triphase/core';
import { ManualReactor, RunawayError } from '@triphase/testing';

describe('ManualReactor: flush', () => {
  it('C49: flush() runs all calls up to the last timed call', () => {
    const reactor = new ManualReactor();
    const seen: string[] = [];
    reactor.callSoon(() => reactor.callLater(3_600_000, () => seen.push(`at ${reactor.now()}`)));
    reactor.callLater(Infinity, () => seen.push('never'));
    reactor.flush();
    expect(seen).toEqual(['at 3600000']);
    expect(reactor.getDelayedCalls()).toHaveLength(1);
  });

  it('C49: flush() of an endless program throws RunawayError with the name of the endless call', () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    let thrown: unknown;
    try {
      reactor.flush({ maxTurns: 50 });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RunawayError);
    expect(thrown).toMatchObject({ code: 'ERR_TRIPHASE_RUNAWAY', culprit: 'heartbeat' });
    expect(String(thrown)).toContain('50 turns because of heartbeat');
    expect(
      culpritOf(() => {
        reactor.flush();
      }),
    ).toBe('heartbeat');
  });

  it('C49: flushAsync() goes on as long as promise jobs make new calls', async () => {
    const reactor = new ManualReactor();
    const seen: number[] = [];
    const program = async (): Promise<void> => {
      for (const ms of [5, 0, 7]) {
        await sleep(reactor, ms);
        await new Promise<void>((resolve) => {
          reactor.callSoon(resolve);
        });
        seen.push(reactor.now());
      }
    };
    void program();
    await reactor.flushAsync();
    expect(seen).toEqual([5, 5, 12]);
  });

  it('C49: flushAsync() of an endless program rejects with RunawayError', async () => {
    const reactor = new ManualReactor();
    every(reactor, 1_000, () => undefined, { name: 'heartbeat' });
    await expect(reactor.flushAsync({ maxTurns: 20 })).rejects.toMatchObject({ culprit: 'heartbeat' });
  });
});

function culpritOf(body: () => void): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof RunawayError) return error.culprit;
    throw error;
  }
  return undefined;
}
