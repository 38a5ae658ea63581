import { describe, expect, it } from '@jest/globals';
import { type ReactorOptions } from '@triphase/core';
import { revoked, unreadable, withGetter } from './hostile.ts';
import { HandTurnedReactor, settled } from './hand-turned-reactor.ts';
import { raise } from './logging-reactor.ts';

describe('observers, loggers and onError', () => {
  const drive = async (options: ReactorOptions): Promise<[HandTurnedReactor, number]> => {
    const reactor = new HandTurnedReactor({ ...options, host: { console: { info() {}, warn() {}, error() {} } } });
    let phases = 0;
    const count = (): unknown => phases++;
    reactor.on('job', { before: count, during: () => settled().then(count), after: count });
    reactor.on('job', () => raise(new Error('x')));
    reactor.callSoon(() => raise(new Error('x')));
    void reactor.run();
    reactor.pump();
    await reactor.fire('job', undefined, { timings: true });
    const ended = reactor.stop();
    reactor.pump();
    await ended;
    return [reactor, phases];
  };
  const broken: readonly { readonly name: string; readonly act: () => unknown }[] = [
    { name: 'throws', act: unreadable },
    { name: 'throws undefined', act: () => raise(undefined) },
    { name: 'rejects', act: () => Promise.reject(new Error('x')) },
    { name: 'returns a thenable that cannot be read', act: () => withGetter('then') },
    { name: 'returns a revoked proxy', act: revoked },
  ];

  it.each(broken)('C48: an onError that $name stops nothing', async ({ act }) => {
    const [reactor, phases] = await drive({ onError: act }); // as: types allow no promise
    expect([reactor.state, phases, reactor.stats().errors]).toEqual(['stopped', 3, 2]);
  });

  it.each(broken)('C48: a logger that $name stops nothing', async ({ act }) => {
    const [reactor, phases] = await drive({ logger: { info: act, warn: act, error: act } });
    expect([reactor.state, phases]).toEqual(['stopped', 3]);
  });

  it('C48: a logger whose methods cannot be read stops nothing', async () => {
    const logger = withGetter('error') as Required<ReactorOptions>['logger']; // as: what callers without types pass
    const [reactor, phases] = await drive({ logger });
    expect([reactor.state, phases]).toEqual(['stopped', 3]);
  });

  it.each(['turn', 'call', 'firing', 'phase', 'trigger'])(
    'C46: an observer whose %s method throws is reported once',
    async (method) => {
      const heard: string[] = [];
      const [reactor, phases] = await drive({
        observer: { [method]: unreadable },
        onError: (_, { kind }) => heard.push(kind),
      });
      expect([reactor.state, phases, heard.filter((kind) => kind === 'observer').length]).toEqual(['stopped', 3, 1]);
    },
  );

  it.each(['turn', 'call', 'firing', 'phase', 'trigger'])(
    'C46: an observer whose %s method fires, stops and escalates does no harm',
    async (method) => {
      const heard: unknown[] = [];
      let depth = 0;
      const observer = {
        [method]: () => {
          if (depth++ > 0) return;
          void reactor.fire('job', undefined, { whenFiring: 'again' });
          reactor.callSoon(() => undefined);
          void reactor.stop();
          reactor.escalate();
        },
      };
      let phases = 0;
      const reactor: HandTurnedReactor = new HandTurnedReactor({ observer, onError: (error) => heard.push(error) });
      reactor.on('job', { before: () => phases++, after: () => phases++ });
      reactor.on('startup', () => undefined);
      const ended = reactor.run();
      reactor.callSoon(() => undefined);
      reactor.pump();
      await settled();
      reactor.pump();
      await ended;
      await settled();
      expect([reactor.state, reactor.isFiring('job'), heard]).toEqual(['stopped', false, []]);
    },
  );

  it.each(['fire', 'again', 'stop', 'escalate', 'crash'] as const)(
    'C48: an onError that calls the reactor does no harm (%s)',
    async (act) => {
      let calls = 0;
      const reactor: HandTurnedReactor = new HandTurnedReactor({
        onError: () => {
          calls++;
          if (act === 'fire') void reactor.fire('other');
          else if (act === 'again') void (calls < 3 && reactor.fire('job', undefined, { whenFiring: 'again' }));
          else void reactor[act]();
        },
      });
      let after = 0;
      reactor.on('job', { before: () => raise(new Error('x')), after: () => after++ });
      const ended = reactor.run();
      reactor.pump();
      const report = await reactor.fire('job');
      await settled();
      expect([act, report.errors.length, reactor.isFiring('job')]).toEqual([act, 1, false]);
      // The end of the run abandons the firing (C30).
      expect(after).toBe({ fire: 1, again: 3, stop: 1, escalate: 0, crash: 0 }[act]);
      if (reactor.state === 'running') void reactor.stop();
      reactor.pump();
      await settled();
      await ended;
    },
  );
});
