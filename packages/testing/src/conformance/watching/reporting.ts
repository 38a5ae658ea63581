import type { ErrorSource } from '@triphase/core';
import { recordErrors } from '../error-record.ts';
import { fail, named } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { nextTurn, runThrough, start } from '../running.ts';
import { codeOf } from '../thrown.ts';
import { throws } from '../trigger-results.ts';
import { RecordingLogger, withoutReportError } from './recording-logger.ts';

/** Where errors are reported. C48, C64. */
export function reporting(kit: Kit): void {
  const { expect } = kit;

  kit.it('C48', 'onError gets the error itself and its source', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    const failure = { not: 'even an Error' };
    reactor.once('job', { after: throws(failure) }, { name: 'cleanup' });
    reactor.callSoon(named('load', throws(failure)));
    reactor.callLater(0, throws(failure), { name: 'refresh' });
    await reactor.fire('job');
    reactor.iterate();
    expect(record.errors.every((error) => error === failure)).toBe(true);
    const shown = ({ kind, name, event, phase }: ErrorSource): unknown => ({ kind, name, event, phase });
    expect(record.sources.map(shown)).toEqual([
      { kind: 'trigger', name: 'cleanup', event: 'job', phase: 'after' },
      { kind: 'call', name: 'load', event: undefined, phase: undefined },
      { kind: 'timed-call', name: 'refresh', event: undefined, phase: undefined },
    ]);
  });

  kit.it(
    'C64',
    'fail() reports its error once and stops with the reason failed; the error is in the result',
    async () => {
      const record = recordErrors();
      const reactor = kit.create(record);
      const { ended } = await start(reactor);
      const failure = new Error('disk full');
      reactor.fail(failure);
      reactor.fail(failure);
      expect(reactor.state).toBe('stopping');
      const { reason, errors } = await ended;
      expect([reason.kind, reason.cause === failure]).toEqual(['failed', true]);
      expect(errors.map((error) => error.cause === failure)).toEqual([true]);
      expect(errors.map(codeOf)).toEqual(['ERR_TRIPHASE_FAILED']);
      expect(record.errors.length).toBe(1);
      expect(record.sources).toEqual([{ kind: 'call', name: 'fail' }]);
    },
  );

  kit.it('C64', 'fail() while stopping puts its error into the result', async () => {
    const reactor = kit.create(recordErrors());
    reactor.on('shutdown', () => {
      reactor.fail('too late');
    });
    await start(reactor);
    const { reason, errors } = await reactor.stop();
    expect([reason.kind, errors.map(({ cause }) => cause)]).toEqual(['stop', ['too late']]);
  });

  kit.it('C64', 'fail() before run() throws ReactorNotRunningError, whose cause is the error', () => {
    const reactor = kit.create();
    const failure = new Error('disk full');
    let thrown: unknown;
    try {
      reactor.fail(failure);
    } catch (error) {
      thrown = error;
    }
    expect(codeOf(thrown)).toBe('ERR_TRIPHASE_NOT_RUNNING');
    expect((thrown as Error).cause === failure).toBe(true); // as: the line above checks its code
  });

  kit.it('C64', 'report() reports an error like any other and does not stop the reactor', async () => {
    const { onError, errors, sources } = recordErrors();
    const reactor = kit.create({ onError });
    await start(reactor);
    const lost = new Error('the connection is lost');
    reactor.report(lost, { name: 'db' });
    reactor.report(lost);
    expect(errors).toEqual([lost, lost]);
    expect(sources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['call db', 'call report']);
    expect([reactor.state, reactor.stats().errors]).toEqual(['running', 2]);
    await reactor.stop();
  });

  kit.it('C48', 'a service that fails is reported as a service', async () => {
    const record = recordErrors();
    const reactor = kit.create(record);
    reactor.use({ name: 'db', startup: { during: () => undefined }, shutdown: { during: fail } });
    await runThrough(reactor, () => undefined);
    const [source] = record.sources;
    expect({ kind: source?.kind, name: source?.name, phase: source?.phase }).toEqual({
      kind: 'service',
      name: 'db',
      phase: 'during',
    });
  });

  kit.it(
    'C48',
    'an error that onError throws is printed with the error that it was given, and the reactor goes on',
    async () => {
      const logger = new RecordingLogger();
      const reactor = kit.create({
        logger,
        onError: () => {
          throw new Error('onError is broken');
        },
      });
      const ran: string[] = [];
      await runThrough(reactor, async () => {
        reactor.callSoon(fail);
        reactor.callSoon(() => ran.push('next'));
        await nextTurn(reactor);
        ran.push('next turn');
      });
      expect(ran).toEqual(['next', 'next turn']);
      const printed = logger.lines.join('\n');
      expect(printed.includes('onError is broken')).toBe(true);
      expect(printed.includes('this fails')).toBe(true);
    },
  );

  kit.it('C48', 'a rejection of onError is printed once, with the error that it was given', async () => {
    const logger = new RecordingLogger();
    const onError = () => Promise.reject(new Error('onError is broken')) as never; // as: the type does not allow a promise
    const reactor = kit.create({ logger, onError });
    await runThrough(reactor, async () => {
      reactor.callSoon(fail);
      await nextTurn(reactor);
      await nextTurn(reactor);
    });
    const printed = logger.lines.join('\n');
    for (const text of ['onError is broken', 'this fails'])
      expect(logger.lines.filter((line) => line.includes(`Error: ${text}`)).length).toBe(1);
    expect(printed.includes('onError')).toBe(true);
  });

  kit.it('C48', 'without onError an error is logged as one block: its source first, then its stack', async () => {
    const logger = new RecordingLogger();
    const reactor = kit.createPlain({ logger, host: withoutReportError });
    await runThrough(reactor, async () => {
      reactor.callLater(0, fail, { name: 'refresh' });
      await new Promise<void>((resolve) => void reactor.callLater(0, resolve));
    });
    const errors = logger.lines.filter((line) => line.startsWith('error:'));
    expect(errors.length).toBe(1);
    const [text = ''] = errors;
    expect(text.includes('refresh') && text.indexOf('refresh') < text.indexOf('this fails')).toBe(true);
  });

  kit.it('C48', 'without onError an error goes to reportError() if the host has it', async () => {
    const logger = new RecordingLogger();
    const reported: unknown[] = [];
    const failure = new Error('for the page');
    const reactor = kit.createPlain({ logger, host: { reportError: (error) => reported.push(error) } });
    await runThrough(reactor, async () => {
      reactor.callSoon(throws(failure));
      await nextTurn(reactor);
    });
    expect(reported.length).toBe(1);
    expect(reported[0]).toBe(failure);
    expect(logger.lines).toEqual([]);
  });

  kit.it('C48', 'a logged error has its stack, its message and its cause', () => {
    const logger = new RecordingLogger();
    const reactor = kit.createPlain({ logger, host: withoutReportError });
    const cause = new Error('no disk');
    const failure = new Error('no config', { cause });
    reactor.callSoon(throws(failure));
    reactor.iterate();
    const printed = logger.lines.join('\n');
    // Compared line by line: the log indents the lines of a stack, and some engines do not.
    for (const part of [failure.stack, failure.message, cause.stack, cause.message])
      expect(part?.split('\n').every((line) => printed.includes(line))).toBe(true);
  });

  kit.it('C48', 'any thrown value is logged, also one that cannot be converted to a string', () => {
    const logger = new RecordingLogger();
    const reactor = kit.createPlain({ logger, host: withoutReportError, maxSliceMs: 1_000 });
    const ran: string[] = [];
    for (const value of [undefined, null, Symbol('thrown'), Object.create(null), 7n]) reactor.callSoon(throws(value));
    reactor.callSoon(() => ran.push('next'));
    reactor.iterate();
    expect(ran).toEqual(['next']);
    expect(logger.lines.length).toBe(5);
  });
}
