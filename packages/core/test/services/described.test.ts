import { describe, expect, it } from '@jest/globals';

import { background, type BackgroundContext, type Service } from '@triphase/core';

import { LiveServices } from './live-services.ts';

describe('the tree of services', () => {
  /** `describe()` without its first line. */
  const tree = ({ reactor }: LiveServices): string[] => reactor.describe().split('\n').slice(1);

  it('C52: shows the needs of each service below it, the last one with a corner', () => {
    const live = new LiveServices();
    const config = live.use('config');
    const log = live.use('log', { needs: [config] });
    const db = live.use('db', { needs: [config] });
    live.use('web', { needs: [log, db] });
    expect(tree(live)).toEqual([
      'web: idle',
      '├─ log: idle',
      '│  └─ config: idle',
      '└─ db: idle',
      '   └─ config: idle',
    ]);
  });

  it('C52: shows the needs of a service once, and `…` elsewhere', () => {
    const live = new LiveServices();
    const config = live.use('config');
    const log = live.use('log', { needs: [config] });
    live.use('web', { needs: [log] });
    live.use('job', { needs: [log] });
    live.use('alone');
    expect(tree(live)).toEqual([
      'web: idle',
      '└─ log: idle',
      '   └─ config: idle',
      'job: idle',
      '└─ log: idle …',
      'alone: idle',
    ]);
  });

  it.each<{ readonly name: string; readonly status: Service['status']; readonly line: string }>([
    { name: 'a text', status: () => 'busy', line: 'db: idle (busy)' },
    { name: 'nothing', status: () => undefined, line: 'db: idle' },
    { name: 'a number', status: () => 5 as never, line: 'db: idle (5)' },
    {
      name: 'a promise',
      status: () => Promise.resolve('busy') as never,
      line: 'db: idle (status failed: it returned a promise)',
    },
    {
      name: 'an error',
      status: () => {
        throw new Error('broken');
      },
      line: 'db: idle (status failed: broken)',
    },
  ])('C52: shows a status that is $name', ({ status, line }) => {
    const live = new LiveServices();
    live.reactor.use({ name: 'db', ...(status && { status }) });
    expect(tree(live)).toEqual([line]);
  });
});

describe('the clock of a body', () => {
  it('C55, C58: is that of the reactor', async () => {
    const sources: unknown[] = [];
    const live = new LiveServices({ onError: (error, { kind, name }) => sources.push([error, kind, name]) });
    let given: BackgroundContext | undefined;
    live.reactor.use(background('worker', (context) => ((given = context), context.stopped)));
    await live.start();
    const { clock } = given as unknown as BackgroundContext;
    live.reactor.advance(7);
    expect(clock.now()).toBe(7);
    const wall = live.reactor.wallNow();
    expect(clock.wallNow?.()).toBeGreaterThanOrEqual(wall);
    const random = clock.random?.() ?? NaN;
    expect(random >= 0 && random < 1).toBe(true);
    clock.callSoon(() => live.log.push('soon'));
    clock.callLater(5, () => live.log.push('later'));
    live.reactor.pump();
    expect(live.takeLog()).toBe('soon');
    live.reactor.advance(5);
    expect(live.takeLog()).toBe('later');
    const error = new Error('no');
    (clock as unknown as typeof live.reactor).report(error, { name: 'mine' });
    expect(sources).toEqual([[error, 'call', 'mine']]);
    live.reactor.crash();
  });
});
