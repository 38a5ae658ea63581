import { describe, expect, it } from '@jest/globals';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** A function of this name. */
const named = (name: string): (() => void) => Object.defineProperty(() => undefined, 'name', { value: name });

describe('queued calls', () => {
  it('C47: thousands are listed by name, in order, and so are those that a turn has left', () => {
    const reactor = new HandTurnedReactor({ maxBatch: 1_500 });
    const names = Array.from({ length: 5_000 }, (_, n) => `call ${String(n)}`);
    for (const name of names) reactor.callSoon(named(name));
    const listed = (): string[] => reactor.pending().map(({ name }) => name);
    expect(listed()).toEqual(names);
    reactor.iterate();
    expect(listed()).toEqual(names.slice(1_500));
    reactor.callSoon(named('one more'));
    expect(listed()).toEqual([...names.slice(1_500), 'one more']);
  });

  it('C47: a call without a name is listed as anonymous', () => {
    const reactor = new HandTurnedReactor();
    reactor.callSoon(() => undefined);
    expect(reactor.pending()).toEqual([{ kind: 'call', name: 'anonymous', age: 0 }]);
  });
});
