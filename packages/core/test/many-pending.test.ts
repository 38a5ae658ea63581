import { expect, it } from '@jest/globals';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

/** The time limit of each test. A test takes a second or two, more on a busy machine. */
const TIMEOUT_MS = 60_000;

it(
  'C47: pending() lists 200,000 pending triggers, and a stop with them is clean',
  async () => {
    const many = 200_000;
    const reactor: HandTurnedReactor = new HandTurnedReactor();
    let release = (): void => undefined;
    const released: Promise<void> = new Promise((resolve) => {
      release = resolve;
    });
    reactor.on('shutdown', { before: () => reactor.pending().length });
    for (let i = 0; i < many; i++) reactor.addSystemEventTrigger('during', 'shutdown', () => released);
    for (let i = 0; i < many; i++) reactor.callSoon(() => undefined);
    expect(reactor.pending().length).toBe(many);
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    await settled();
    expect(reactor.pending().length).toBe(many);
    release();
    await settled();
    reactor.pump();
    expect((await ended).errors).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'C24: after 200,000 failures the errors of a result can be read',
  async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => undefined });
    const fail = (): never => {
      throw new Error('x');
    };
    for (let i = 0; i < 200_000; i++) reactor.addSystemEventTrigger('during', 'shutdown', fail);
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    const result = await ended;
    expect(result.errors.length).toBe(200_000);
    expect(() => result.throwIfFailed()).toThrow(/and 199990 more$/);
  },
  TIMEOUT_MS,
);
