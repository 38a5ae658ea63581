import { describe, expect, it } from '@jest/globals';
import { FakeProcess, never } from './fake-process.ts';

describe('the lines that a long stop prints', () => {
  it('N9: after 2 s and then every 5 s a line says what is pending; none once the stop is over', async () => {
    const fake = new FakeProcess();
    const times: number[] = [];
    const lines: string[] = [];
    const logger = {
      info: () => {},
      error: () => {},
      warn: (line: string) => {
        times.push(fake.host.now());
        lines.push(line);
      },
    };
    const reactor = fake.reactor({ logger, onError: () => {}, forceExit: false });
    reactor.use({
      name: 'http',
      startup: { during: () => {} },
      shutdown: { during: never },
      status: () => '3 requests',
    });
    reactor.on('shutdown', { during: never }, { name: 'db-pool' });
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(60_000, 500);
    await run;
    expect(times).toEqual([2_000, 7_000, 12_000, 17_000]);
    expect(lines[1]).toBe('still waiting for: http (3 requests), db-pool (during, 7.0 s)');
    expect(fake.host.outstanding).toBe(0);
  });

  it('N9: the first line comes 2 s after the lead time', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {} });
    reactor.use({ name: 'http', leadTime: 5_000, shutdown: { during: never } });
    const run = reactor.run();
    await fake.advance(0);
    void reactor.stop();
    await fake.advance(6_900, 100);
    expect(fake.printed).toEqual([]);
    await fake.advance(100);
    expect(fake.printed).toEqual(['still waiting for: http (during, 7.0 s)']);
    await fake.advance(60_000, 500);
    await run;
  });

  it('N9: a line names work in flight, and no timed calls', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {}, forceExit: false });
    reactor.callLater(3_600_000, never);
    reactor.waitUntil(never(), { name: 'save' });
    const run = reactor.run();
    await fake.advance(500);
    void reactor.stop();
    await fake.advance(2_000, 100);
    expect(fake.printed).toEqual(['still waiting for: save (before, 2.0 s)']);
    await fake.advance(60_000, 500);
    expect((await run).shutdown?.abandoned.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['work save']);
  });

  it('N9: the report names the same trigger as abandoned', async () => {
    const fake = new FakeProcess();
    const reactor = fake.reactor({ onError: () => {}, limits: { shutdown: { deadline: 10_000 } } });
    reactor.on('shutdown', { after: never }, { name: 'flush' });
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(10_000);
    expect(fake.printed).toEqual([
      'still waiting for: flush (after, 2.0 s)',
      'still waiting for: flush (after, 7.0 s)',
    ]);
    expect((await run).shutdown?.abandoned).toEqual([
      { kind: 'trigger', name: 'flush', event: 'shutdown', phase: 'after', age: 10_000 },
    ]);
  });

  it('N9: if the logger throws, the console prints the lines, and the stop goes on', async () => {
    const fake = new FakeProcess();
    const broken = (): never => {
      throw new Error('no disk');
    };
    const reactor = fake.reactor({
      logger: { info: broken, warn: broken, error: broken },
      onError: () => {},
      forceExit: false,
    });
    reactor.on('shutdown', never);
    const run = reactor.run();
    void reactor.stop();
    await fake.advance(25_000, 500);
    expect((await run).shutdown?.abandoned.length).toBe(1);
    expect(fake.host.calls['console.warn']).toBe(4);
  });
});
