import { describe, expect, it } from '@jest/globals';
import { sleep } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

describe('ManualReactor: autojump', () => {
  it('C49: with autojump a whole program runs by itself, in no real time', async () => {
    const reactor = new ManualReactor({ autojump: true });
    reactor.callWhenRunning(async () => {
      await sleep(reactor, 86_400_000);
      void reactor.stop();
    });
    await reactor.run();
    expect(reactor.now()).toBe(86_400_000);
  });

  it('C49: with autojump promise jobs settle before time jumps', async () => {
    const reactor = new ManualReactor({ autojump: true });
    const seen: string[] = [];
    await reactor.start();
    const program = async (): Promise<void> => {
      for (let hop = 0; hop < 50; hop++) await Promise.resolve();
      await sleep(reactor, 1);
      seen.push(`sooner at ${reactor.now()}`);
    };
    void program();
    await sleep(reactor, 2);
    seen.push(`later at ${reactor.now()}`);
    expect(seen).toEqual(['sooner at 1', 'later at 2']);
    await reactor.finish();
  });

  it('C49: without autojump time stands still, whatever is pending', async () => {
    const reactor = new ManualReactor();
    await reactor.start();
    reactor.callLater(1, () => {
      throw new Error('this must not run');
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(reactor.now()).toBe(0);
    await reactor.finish();
  });
});
