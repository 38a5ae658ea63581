import { describe, expect, it } from '@jest/globals';
import { settled } from './hand-turned-reactor.ts';
import { loggingReactor, raise } from './logging-reactor.ts';

describe('thenables', () => {
  const noop = (): void => undefined;
  type Then = (fulfil: (value?: unknown) => unknown, reject: (error: unknown) => unknown) => unknown;
  const thenables: readonly { readonly name: string; readonly then: Then; readonly failures: number }[] = [
    { name: 'fulfils at once', then: (fulfil) => fulfil(), failures: 0 },
    { name: 'fulfils twice', then: (fulfil) => [fulfil(), fulfil()], failures: 0 },
    { name: 'fulfils, then rejects', then: (fulfil, reject) => [fulfil(), reject(new Error('late'))], failures: 0 },
    { name: 'rejects, then fulfils', then: (fulfil, reject) => [reject(new Error('x')), fulfil()], failures: 1 },
    {
      name: 'fulfils, then throws',
      then: (fulfil) => {
        fulfil();
        throw new Error('late');
      },
      failures: 0,
    },
    { name: 'throws', then: () => raise(new Error('x')), failures: 1 },
    { name: 'fulfils later, twice', then: (fulfil) => queueMicrotask(() => [fulfil(), fulfil()]), failures: 0 },
    {
      name: 'rejects later, and fulfils',
      then: (fulfil, reject) => queueMicrotask(() => [reject(new Error('x')), fulfil()]),
      failures: 1,
    },
    { name: 'fulfils with a thenable', then: (fulfil) => fulfil({ then: noop }), failures: 0 },
    {
      name: 'returns a promise that rejects',
      then: (fulfil) => (fulfil(), Promise.reject(new Error('own')).catch(noop)),
      failures: 0,
    },
  ];

  it.each(thenables)('C13: a thenable that $name settles its trigger once', async ({ then, failures }) => {
    const steps: string[] = [];
    const errors: unknown[] = [];
    const [reactor] = loggingReactor({
      observer: { trigger: (step, { outcome = '' }) => steps.push(`${step} ${outcome}`) },
      onError: (error) => errors.push(error),
    });
    let after = 0;
    reactor.on('job', { during: () => ({ then }), after: () => after++ });
    const report = await reactor.fire('job', undefined, { timings: true });
    await settled();
    expect([report.errors.length, errors.length, after, reactor.isFiring('job')]).toEqual([
      failures,
      failures,
      1,
      false,
    ]);
    expect(steps.filter((step) => /done|failed/.test(step)).length).toBe(2);
  });

  it('C13: a thenable that settles after its limit changes nothing', async () => {
    const errors: unknown[] = [];
    const [reactor] = loggingReactor({ onError: (error) => errors.push(error) });
    let settle: ((error: Error) => void)[] = [];
    const late = (): unknown => ({
      then: (fulfil: () => void, reject: (error: Error) => void) => {
        settle = [fulfil, reject];
      },
    });
    reactor.on('job', late, { timeout: 5 });
    const fired = reactor.fire('job');
    reactor.advance(5);
    reactor.iterate();
    const report = await fired;
    for (const each of settle) each(new Error('late'));
    await settled();
    expect([report.errors.length, report.abandoned.length, errors.length]).toEqual([1, 1, 1]);
  });
});
