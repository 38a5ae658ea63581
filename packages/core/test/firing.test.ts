import { describe, expect, it } from '@jest/globals';

import type { FiringReport } from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';
import { HostedReactor } from './hosted-reactor.ts';

describe('a firing that one of its own triggers ends', () => {
  it('C15, C31: is fired again by that trigger: each of the two has its own report', async () => {
    const reactor = new HostedReactor();
    void reactor.run();
    let second: Promise<FiringReport> | undefined;
    reactor.once('job', () => {
      reactor.crash();
      second = reactor.fire('job');
    });
    reactor.on('job', { before: () => undefined });
    const reports: FiringReport[] = [];
    void reactor.fire('job').then((report) => reports.push(report));
    void second?.then((report) => reports.push(report));
    await settled();
    expect(reports.map(({ counts }) => counts)).toEqual([
      { before: 1, during: 1, after: 0 },
      { before: 1, during: 0, after: 0 },
    ]);
  });

  it('C15, C31: is fired again by that trigger, and the second one pends: only that one is waited for', async () => {
    const reactor = new HostedReactor();
    void reactor.run();
    let second: Promise<FiringReport> | undefined;
    let release: () => void = () => undefined;
    reactor.once('job', {
      before: () => {
        reactor.crash();
        second = reactor.fire('job');
      },
      during: () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    });
    const over: string[] = [];
    void reactor.fire('job').then(({ counts }) => over.push(`first: ${String(counts.during)}`));
    void second?.then(({ counts }) => over.push(`second: ${String(counts.during)}`));
    await settled();
    expect([over, reactor.isFiring('job')]).toEqual([['first: 0'], true]);
    release();
    await settled();
    expect([over, reactor.isFiring('job')]).toEqual([['first: 0', 'second: 1'], false]);
  });

  it('C20, C30, C31: was asked for once more: both promises settle, the second one empty', async () => {
    for (const end of ['crash', 'escalate'] as const) {
      const reactor = new HostedReactor();
      void reactor.run();
      let again: Promise<FiringReport> | undefined;
      reactor.on('job', () => {
        again = reactor.fire('job', undefined, { whenFiring: 'again' });
        if (end === 'crash') reactor.crash();
        else reactor.escalate({ kind: 'now' });
      });
      const during: number[] = [];
      void reactor.fire('job').then(({ counts }) => during.push(counts.during));
      void again?.then(({ counts }) => during.push(counts.during));
      await settled();
      expect([end, during]).toEqual([end, [1, 0]]);
    }
  });
});
