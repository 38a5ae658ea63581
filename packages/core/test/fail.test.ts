import { describe, expect, it } from '@jest/globals';
import {
  ProgramFailedError,
  ReactorNotRunningError,
  type ErrorSource,
  type ReactorOptions,
  type RunResult,
} from '@triphase/core';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';

const failure = new Error('disk full');

/** A reactor, and the errors that it reports with their sources. */
function create(options: ReactorOptions = {}): { reactor: HandTurnedReactor; reported: [unknown, ErrorSource][] } {
  const reported: [unknown, ErrorSource][] = [];
  const reactor = new HandTurnedReactor({ onError: (error, source) => reported.push([error, source]), ...options });
  return { reactor, reported };
}

function causes({ errors }: RunResult): unknown[] {
  return errors.map(({ cause }) => cause);
}

describe('fail()', () => {
  it('C64: reports the error once and stops with { kind: failed, cause }; the error is in the result', async () => {
    const { reactor, reported } = create();
    const phases: string[] = [];
    reactor.on('shutdown', ({ detail }) => phases.push(detail.kind));
    const ended = reactor.run();
    reactor.pump();
    reactor.fail(failure);
    expect(reactor.state).toBe('stopping');
    expect(phases).toEqual([]);
    reactor.pump();
    const result = await ended;
    expect(result.reason).toEqual({ kind: 'failed', cause: failure });
    expect(causes(result)).toEqual([failure]);
    expect(result.errors[0]).toBeInstanceOf(ProgramFailedError);
    expect(result.errors[0]).toMatchObject({ code: 'ERR_TRIPHASE_FAILED', message: 'The program failed: disk full' });
    expect(() => {
      result.throwIfFailed();
    }).toThrow('The run failed: The program failed: disk full');
    expect(String(result)).toMatch(/^run ended: failed;/);
    expect(phases).toEqual(['failed']);
    expect(reported).toEqual([[failure, { kind: 'call', name: 'fail' }]]);
  });

  it('C64: the signal aborts with the reason before the error is reported, so a handler that stops changes nothing', async () => {
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: () => void reactor.stop({ kind: 'other' }) });
    const ended = reactor.run();
    reactor.pump();
    reactor.fail(failure);
    reactor.pump();
    expect((await ended).reason.kind).toBe('failed');
  });

  it('C64: while stopping the error goes into the result, and the reason stays', async () => {
    const { reactor, reported } = create();
    reactor.on('shutdown', () => {
      reactor.fail(failure);
    });
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    const result = await ended;
    expect([result.reason.kind, causes(result), reported.length]).toEqual(['stop', [failure], 1]);
  });

  it('C64: while starting it stops the start: no later phase begins, and run() resolves', async () => {
    const { reactor } = create();
    const phases: string[] = [];
    reactor.on('startup', {
      before: () => {
        reactor.fail(failure);
      },
      during: () => phases.push('during'),
    });
    const ended = reactor.run();
    reactor.pump();
    const result = await ended;
    expect([result.reason.kind, phases, causes(result)]).toEqual(['failed', [], [failure]]);
  });

  it('C64: a start that fails too rejects, and the error is among those of StartupFailedError', async () => {
    const { reactor } = create();
    reactor.on('startup', {
      before: () => Promise.reject(new Error('no port')),
    });
    reactor.on('shutdown', () => {
      reactor.fail(failure);
    });
    const ended = reactor.run();
    await settled();
    reactor.pump();
    await expect(ended).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining('no port') }, { cause: failure }],
    });
  });

  it('C64: several errors are all in the result, the same one once', async () => {
    const { reactor, reported } = create();
    const ended = reactor.run();
    reactor.pump();
    const other = new Error('other');
    for (const error of [failure, other, failure]) reactor.fail(error);
    reactor.pump();
    const result = await ended;
    expect([result.reason.cause, causes(result), reported.map(([error]) => error)]).toEqual([
      failure,
      [failure, other],
      [failure, other],
    ]);
  });

  it.each([undefined, null, 0, NaN, 'text', Symbol('x')])('C64: fail(%p) accepts any value', async (thrown) => {
    const { reactor, reported } = create();
    const ended = reactor.run();
    reactor.pump();
    reactor.fail(thrown);
    reactor.pump();
    const result = await ended;
    expect([causes(result), reported.map(([error]) => error)]).toEqual([[thrown], [thrown]]);
  });

  it('C64, C48: onError may call it with the error that it is given: the error is reported once', async () => {
    const reported: unknown[] = [];
    const reactor: HandTurnedReactor = new HandTurnedReactor({
      onError: (error) => {
        reported.push(error);
        reactor.fail(error);
      },
    });
    const ended = reactor.run();
    reactor.pump();
    reactor.callSoon(() => {
      throw failure;
    });
    reactor.pump();
    const result = await ended;
    expect([reported, result.reason, causes(result)]).toEqual([
      [failure],
      { kind: 'failed', cause: failure },
      [failure],
    ]);
  });

  it('C64: an async onError that calls it comes to an end', async () => {
    const reported: unknown[] = [];
    const failLater = async (error: unknown): Promise<void> => {
      reported.push(error);
      await Promise.resolve();
      reactor.fail(error);
    };
    const reactor: HandTurnedReactor = new HandTurnedReactor({ onError: (error) => void failLater(error) });
    const ended = reactor.run();
    reactor.pump();
    reactor.report(failure);
    await settled();
    reactor.pump();
    expect(causes(await ended)).toEqual([failure]);
    await settled();
    expect(reported.length).toBe(2); // by report(), and by fail() when the report was over
  });

  it('C64: a TriggerFailedError is in the result as it is', async () => {
    const { reactor } = create();
    const ended = reactor.run();
    reactor.pump();
    reactor.on(
      'job',
      () => {
        throw failure;
      },
      { name: 'work' },
    );
    const { errors } = await reactor.fire('job');
    reactor.fail(errors[0]);
    reactor.pump();
    expect((await ended).errors).toEqual([errors[0]]);
  });

  it('C64: after a crash the reason stays crash, and the error is in its result', async () => {
    const { reactor } = create();
    const ended = reactor.run();
    reactor.pump();
    reactor.callSoon(() => {
      reactor.crash();
      reactor.fail(failure);
    });
    reactor.pump();
    const result = await ended;
    expect([result.reason.kind, causes(result)]).toEqual(['crash', [failure]]);
    const again = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    expect((await again).errors).toEqual([]); // not of the run before
  });

  it('C64: once the run is over it only reports; before run() it throws, with the error as cause', async () => {
    const { reactor, reported } = create();
    let thrown: unknown;
    try {
      reactor.fail(failure);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ReactorNotRunningError);
    expect((thrown as Error).cause).toBe(failure);
    expect(reported).toEqual([]);
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    const result = await ended;
    reactor.fail(failure);
    expect([result.errors, reported.length]).toEqual([[], 1]);
  });

  it('C64: in the synchronous part of a shutdown trigger it does not wait for itself', async () => {
    const { reactor } = create();
    reactor.on('shutdown', {
      after: () => {
        reactor.fail(failure);
      },
    });
    const ended = reactor.run();
    reactor.pump();
    void reactor.stop();
    reactor.pump();
    expect(causes(await ended)).toEqual([failure]);
  });
});

describe('report()', () => {
  it('C64: report() hands an error to onError and stops nothing', async () => {
    const { reactor, reported } = create();
    const ended = reactor.run();
    reactor.pump();
    reactor.report(failure, { name: 'queue' });
    reactor.pump();
    expect(reactor.state).toBe('running');
    void reactor.stop();
    reactor.pump();
    expect([(await ended).errors, reported]).toEqual([[], [[failure, { kind: 'call', name: 'queue' }]]]);
  });
});
