import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessKit } from './kit.ts';

/** Signals and messages to a process: N4, N5, N7. */
export function signals(kit: ProcessKit): void {
  const { expect } = kit;

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    kit.it('N4', `${signal} stops the reactor`, async () => {
      const { status, lines } = await (await kit.running('service')).endBy(signal);
      expect([status, lines]).toEqual([0, ['running', 'over: signal', 'exit event 0']]);
    });
  }

  kit.it('N4', 'with signals: false a signal ends the process as if there were no reactor', async () => {
    const { status, lines } = await (await kit.running('deaf')).endBy('SIGTERM');
    expect([status, lines]).toEqual(['SIGTERM', ['running']]);
  });

  kit.it('N4', 'a list of signals replaces the default ones', async () => {
    const heard = await (await kit.running('listed')).endBy('SIGUSR2');
    const unheard = await (await kit.running('listed')).endBy('SIGTERM');
    expect([heard.status, heard.lines[1], unheard.status]).toEqual([0, 'over: signal', 'SIGTERM']);
  });

  kit.it('N4', 'under nodemon its signal SIGUSR2 stops the reactor', async () => {
    const program = await kit.running('service', { env: { npm_lifecycle_script: 'nodemon "server.js"' } });
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines[1]]).toEqual([0, 'over: signal']);
  });

  kit.it('N4', 'the message of PM2 stops the reactor, and other messages do not', async () => {
    const program = await kit.running('service', { ipc: true });
    program.message('hello');
    program.message('shutdown');
    const { status, lines } = await program.ended;
    expect([status, lines]).toEqual([0, ['running', 'over: signal', 'exit event 0']]);
  });

  kit.it(
    'N4',
    'listeners of others are called and stay; ours are removed once run() has settled and no doubled signal can come',
    async () => {
      const { lines } = await (await kit.running('listeners')).endBy('SIGTERM');
      expect(lines.filter((line) => line !== 'running')).toEqual([
        'before: 1 0 0 0 0 0 0',
        'while it runs: 2 1 1 0 0 1 1',
        'foreign',
        'over: signal',
        'at once: 2 1 1 0 0 0 0',
        'after: 1 0 0 0 0 0 0',
        'exit event 0',
      ]);
    },
  );

  kit.it('N4', 'after the run a signal ends the process again, as if there were no reactor', async () => {
    const program = await kit.running('unsignalled');
    await program.line('held');
    expect((await program.endBy('SIGTERM')).status).toBe('SIGTERM');
  });

  kit.it('N27', 'the constructor refuses a misspelt signal, and one that no process can listen to', async () => {
    const { status, lines } = await kit.run('misspelt');
    const nearest = (name: string): string =>
      `TypeError: signals has "${name}", and there is no such signal: did you mean 'SIGTERM'? (nothing held: true)`;
    const deaf = (name: string): string =>
      `TypeError: signals has '${name}', and no process can listen to ${name}: take it out of the list (nothing held: true)`;
    expect([status, lines]).toEqual([
      0,
      [nearest('SIGTREM'), nearest('TERM'), nearest('sigterm'), deaf('SIGKILL'), deaf('SIGSTOP')],
    ]);
  });

  kit.it('N5', 'a repeat within 200 ms is dropped', async () => {
    const program = await kit.running('doubled');
    program.signal('SIGINT');
    program.signal('SIGTERM');
    await program.line('heard SIGTERM');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([0, ['running', 'heard SIGTERM', 'drained', 'over: signal', 'exit event 0']]);
  });

  kit.it('N5', 'a repeat within 200 ms that comes after the run is dropped too', async () => {
    const program = await kit.running('doubledAfterTheRun');
    program.signal('SIGINT');
    await program.line('over: signal');
    program.signal('SIGINT');
    const { status, lines } = await program.ended;
    expect([status, lines]).toEqual([0, ['running', 'over: signal', 'goes on', 'exit event 0']]);
  });

  kit.it(
    'N5',
    'a repeat does not kill a process that is ending by itself, and all its exit listeners are called',
    async () => {
      // The repeats come at different moments while the process ends; how long that takes depends on the system.
      const statuses: unknown[] = [];
      for (let n = 0; n < 8; n++) {
        const program = await kit.running('endsByItself');
        program.signal('SIGINT');
        await program.line('last exit event 0');
        await wait(n / 2);
        program.signal('SIGINT');
        const { status, lines } = await program.ended;
        statuses.push(status, lines.at(-1));
      }
      expect(statuses).toEqual(Array.from({ length: 8 }, () => [0, 'last exit event 0']).flat());
    },
  );

  kit.it('N5', 'a later signal escalates, prints what it cuts, and the status is 128 + its number', async () => {
    const program = await kit.running('patient');
    program.signal('SIGTERM');
    await program.line('ready');
    const { status, lines, stderr } = await program.endBy('SIGINT');
    expect([status, lines]).toEqual([130, ['running', 'ready', 'after', 'over: signal', 'exit event 130']]);
    expect(/^SIGINT again: not waiting any longer for queue \(during, \d\.\d s\)$/m.test(stderr)).toBe(true);
  });

  kit.it('N5', 'a third signal ends the process at once, also if a reactor has not got the first two', async () => {
    const program = await kit.running('thirdTime');
    program.signal('SIGTERM');
    await program.line('ready for the second');
    program.signal('SIGTERM');
    await program.line('ready for the third');
    const { status, lines } = await program.endBy('SIGINT');
    expect([status, lines.at(-1)]).toEqual([130, 'exit event 130']);
    expect(lines.includes('first is over: signal')).toBe(true);
  });

  kit.it('N7', 'SIGTERM while starting: no later step runs, and what started is stopped in reverse', async () => {
    const program = kit.start('startsSlowly');
    await program.line('one starts');
    program.signal('SIGTERM');
    await program.line('told to stop');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([
      0,
      ['zero starts', 'one starts', 'told to stop', 'one stops', 'zero stops', 'over: signal', 'exit event 0'],
    ]);
  });
}
