import { describe, expect, it } from '@jest/globals';
import type { NodeReactor } from '@triphase/node-reactor';
import { FakeProcess, never } from './fake-process.ts';

/** A running reactor whose shutdown never ends. */
function patient(fake: FakeProcess, signals?: readonly string[]): NodeReactor {
  const reactor = fake.reactor({ onError: () => {}, ...(signals !== undefined && { signals }) });
  reactor.on('shutdown', never);
  void reactor.run();
  return reactor;
}

describe('the signals of a process, for all its reactors', () => {
  it.each<{
    readonly where: string;
    readonly process: Partial<NodeJS.Process>;
    readonly env: NodeJS.ProcessEnv;
    readonly signals: readonly string[];
  }>([
    { where: 'by default', process: {}, env: {}, signals: ['SIGTERM', 'SIGINT', 'SIGHUP'] },
    {
      where: 'on Windows',
      process: { platform: 'win32' },
      env: {},
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'],
    },
    {
      where: 'under nodemon, started by npm',
      process: {},
      env: { npm_lifecycle_script: 'nodemon "x"' },
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'],
    },
    {
      where: 'under nodemon, started by a shell',
      process: {},
      env: { _: '/usr/bin/nodemon' },
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'],
    },
    {
      where: 'under nodemon, which has set NODEMON',
      process: {},
      env: { NODEMON: '1' },
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'],
    },
  ])('N4: $where it listens to $signals', ({ process, env, signals }) => {
    const fake = new FakeProcess(env);
    Object.assign(fake.process, process);
    void fake.reactor({ uncaught: false }).run();
    expect(fake.process.eventNames()).toEqual([...signals, 'exit', 'worker']);
  });

  it('N4: on Deno it reads no environment variable, since that needs a permission', () => {
    const fake = new FakeProcess();
    const env = new Proxy({}, { get: () => expect('asked').toBe('not asked') });
    Object.assign(fake.process, { env, versions: { deno: '2.0.0' } });
    void fake.reactor().run();
    expect(fake.process.listenerCount('SIGTERM')).toBe(1);
  });

  it('N27: a signal that is listed twice has one listener', () => {
    const fake = new FakeProcess();
    void fake.reactor({ signals: ['SIGHUP', 'SIGHUP'] }).run();
    expect(fake.process.listenerCount('SIGHUP')).toBe(1);
  });

  it('N4: the message of PM2 stops the reactor also with a list of signals', () => {
    const fake = new FakeProcess();
    Object.assign(fake.process, { send: () => true });
    const reactor = fake.reactor({ signals: ['SIGUSR2'] });
    void reactor.run();
    fake.host.emit('process', 'message', 'hello');
    expect(reactor.state).toBe('running');
    fake.host.emit('process', 'message', 'shutdown');
    expect(reactor.signal.reason).toEqual({ kind: 'signal', signal: 'SIGINT' });
  });

  it('N5: a signal 199 ms after the first is dropped as a repeat; one after 200 ms escalates', async () => {
    const fake = new FakeProcess();
    const reactor = patient(fake);
    fake.signal('SIGTERM');
    await fake.advance(199);
    fake.signal('SIGINT');
    expect(reactor.state).toBe('stopping');
    await fake.advance(1);
    fake.signal('SIGINT');
    expect(reactor.state).toBe('stopped');
    await fake.settle();
    expect([fake.process.exitCode, fake.printed]).toEqual([
      130,
      ['SIGINT again: not waiting any longer for never (during, 0.2 s)'],
    ]);
  });

  it('N5: a repeat after the run is dropped, and after 200 ms no listener is left', async () => {
    const fake = new FakeProcess();
    await fake.live(fake.reactor(), 'SIGINT');
    await fake.advance(199);
    expect(fake.process.eventNames()).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit']);
    fake.signal('SIGINT');
    await fake.advance(1);
    expect([fake.process.eventNames(), fake.printed, fake.exits]).toEqual([[], [], 0]);
  });

  it('N5: a repeat does not stop a run that has begun meanwhile, and the listeners of that run stay', async () => {
    const fake = new FakeProcess();
    await fake.live(fake.reactor(), 'SIGINT');
    const second = patient(fake);
    fake.signal('SIGINT');
    await fake.advance(300);
    expect(second.state).toBe('running');
    fake.signal('SIGINT');
    expect(second.state).toBe('stopping');
  });

  it('N5: a signal that only one reactor listens to does not count as the first one for another reactor', () => {
    const fake = new FakeProcess();
    const [first, second] = [patient(fake, ['SIGUSR2']), patient(fake, ['SIGTERM'])];
    fake.signal('SIGUSR2');
    expect([first.state, second.state]).toEqual(['stopping', 'running']);
    fake.signal('SIGTERM');
    expect([first.state, second.state]).toEqual(['stopping', 'stopping']);
  });

  it('N5: a reactor that began after the first signal is stopped by the second, not escalated', async () => {
    const fake = new FakeProcess();
    const early = patient(fake);
    fake.signal('SIGTERM');
    const late = patient(fake);
    await fake.advance(1_000);
    fake.signal('SIGTERM');
    expect([early.state, late.state]).toEqual(['stopped', 'stopping']);
    await fake.advance(1_000);
    fake.signal('SIGTERM');
    expect(fake.exits).toBe(1);
  });

  it('N5: signals are counted anew once all reactors that got the earlier ones are over', async () => {
    const fake = new FakeProcess();
    const survivor = patient(fake, ['SIGHUP']);
    for (let i = 0; i < 5; i++) {
      const reactor = patient(fake, ['SIGTERM']);
      fake.signal('SIGTERM');
      await fake.advance(1_000);
      fake.signal('SIGTERM');
      expect(reactor.state).toBe('stopped');
      await fake.advance(1_000);
    }
    expect([fake.exits, survivor.state]).toEqual([0, 'running']);
  });

  it('N6: an uncaught error is reported once, and stops every reactor without uncaught: false', async () => {
    const fake = new FakeProcess();
    const told: unknown[] = [];
    const onError = (error: unknown): unknown => told.push(error);
    const reactors = [fake.reactor({ onError }), fake.reactor({ onError }), fake.reactor({ onError, uncaught: false })];
    for (const reactor of reactors) void reactor.run();
    fake.host.emit('process', 'uncaughtException', 'ouch');
    expect(told).toEqual(['ouch']);
    expect(reactors.map(({ state }) => state)).toEqual(['stopping', 'stopping', 'running']);
    await fake.settle();
    expect(fake.process.exitCode).toBe(1);
  });
});
