import { describe, expect, it } from '@jest/globals';
import { PhasePassedError } from '@triphase/core';
import { PHASES } from '../src/ground/events.ts';
import { settled } from './hand-turned-reactor.ts';
import { runAndStop, strictReactor } from './strict-reactor.ts';

describe('a function of a service that registers', () => {
  for (const event of ['startup', 'shutdown'] as const) {
    it.each(PHASES)(`C17: a plain trigger for its own phase of ${event}, %s, is called in it`, async (phase) => {
      const reactor = strictReactor();
      const calls: string[] = [];
      reactor.use({
        name: 'db',
        [event]: {
          [phase]: () => {
            calls.push('db');
            reactor.addSystemEventTrigger(phase, event, () => calls.push('added'));
          },
        },
      });
      await runAndStop(reactor);
      expect(calls).toEqual(['db', 'added']);
    });
  }

  it('C17: after the plain triggers of the phase have been started it is too late', async () => {
    const reactor = strictReactor();
    const errors: unknown[] = [];
    const db = reactor.use({ name: 'db', startup: { during: () => Promise.resolve() } });
    reactor.use({
      name: 'http',
      needs: [db],
      startup: {
        during: () => {
          try {
            reactor.on('startup', () => undefined);
          } catch (error) {
            errors.push(error);
          }
        },
      },
    });
    await runAndStop(reactor);
    expect(errors.map((error) => error instanceof PhasePassedError)).toEqual([true]);
  });

  it('C17: after a phase without plain triggers it is too late for that phase', async () => {
    const reactor = strictReactor();
    reactor.use({ name: 'db', startup: { before: () => undefined } });
    const codes: unknown[] = [];
    reactor.on('startup', () => {
      try {
        reactor.addSystemEventTrigger('before', 'startup', () => undefined);
      } catch (error) {
        codes.push((error as { code: unknown }).code);
      }
    });
    await runAndStop(reactor);
    expect(codes).toEqual(['ERR_TRIPHASE_PHASE_PASSED']);
  });
});

describe('a function of a service that crashes the reactor', () => {
  it('C31: and runs it again: its result in the first run has no effect on the second', async () => {
    const reactor = strictReactor();
    const calls: string[] = [];
    let again: Promise<unknown> | undefined;
    const db = reactor.use({
      name: 'db',
      startup: {
        during: () => {
          calls.push('db starts');
          if (calls.length > 1) return new Promise<void>(() => undefined);
          reactor.crash();
          again = reactor.run();
          return undefined;
        },
      },
      shutdown: { during: () => calls.push('db stops') },
    });
    reactor.use({ name: 'http', needs: [db], startup: { during: () => calls.push('http starts') } });
    await reactor.run();
    await settled();
    expect(reactor.describe()).toContain('db: starting');
    reactor.escalate();
    reactor.pump();
    await again;
    expect(calls).toEqual(['db starts', 'db starts']);
  });

  it('C31: and returns: the service has started, and the next run stops it', async () => {
    const reactor = strictReactor();
    const calls: string[] = [];
    reactor.use({
      name: 'db',
      startup: {
        during: () => {
          calls.push('starts');
          reactor.crash();
        },
      },
      shutdown: { during: () => calls.push('stops') },
    });
    await reactor.run();
    await runAndStop(reactor);
    expect(calls).toEqual(['starts', 'stops']);
  });
});
