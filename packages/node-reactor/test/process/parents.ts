import { spawnSync } from 'node:child_process';
import type { ProcessKit } from './kit.ts';

/** The end of the parent, the end of stdin, and reloads: N20, N25. */
export function parents(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('N25', 'a child whose parent closes the channel stops', async () => {
    const program = await kit.running('service', { ipc: true });
    program.disconnect();
    const { status, lines } = await program.ended;
    expect([status, lines]).toEqual([0, ['running', 'over: disconnect', 'exit event 0']]);
  });

  kit.it('N25', 'a child whose channel was closed before its run stops at once, in order', async () => {
    const { status, lines } = await kit.start('orphanFromTheBeginning', { ipc: true }).ended;
    expect([status, lines]).toEqual([0, ['flushed', 'over: disconnect', 'exit event 0']]);
  });

  kit.it('N25', 'with disconnect: false a child goes on when the channel closes', async () => {
    const program = await kit.running('outlives', { ipc: true });
    program.disconnect();
    await program.line('disconnected');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([0, ['running', 'disconnected', 'over: signal', 'exit event 0']]);
  });

  for (const { name, rule } of [
    { name: 'parentOfFork', rule: 'a child whose parent is killed stops' },
    { name: 'parentOfWorker', rule: 'a cluster worker whose primary is killed stops' },
  ] as const) {
    kit.it('N25', rule, async () => {
      const program = await kit.running(name);
      const { lines } = await program.endBy('SIGKILL'); // resolves once the child has closed stdout, too
      expect(lines.slice(-3)).toEqual(['flushed', 'over: disconnect', 'exit event 0']);
    });
  }

  kit.it('N25', 'a cluster worker that its primary disconnects stops in order', async () => {
    const { status, lines } = await kit.run('disconnectsWorker');
    expect([status, lines]).toEqual([
      0,
      ['running', 'flushed', 'over: disconnect', 'exit event 0', 'worker exited: 0 null'],
    ]);
  });

  kit.it('N25', 'a cluster worker whose main has ended may go on to serve', async () => {
    const { lines } = await kit.run('workerThatGoesOn');
    expect(lines).toEqual(['running', 'over: signal', 'exit event 0', 'worker exited: 0']);
  });

  for (const { name, read, rule } of [
    { name: 'ownedByStdin', read: [], rule: 'with stdin: true it stops at the end of stdin' },
    {
      name: 'ownedByStdinThatIsRead',
      read: ['read: '],
      rule: 'with stdin: true it stops at the end of stdin also if the program reads stdin',
    },
  ] as const) {
    kit.it('N25', rule, async () => {
      const program = await kit.running(name, { stdin: 'pipe' });
      program.endInput();
      const { status, lines } = await program.ended;
      expect([status, lines]).toEqual([0, ['running', ...read, 'over: stdin-end', 'exit event 0']]);
    });
  }

  kit.it('N25', 'with stdin: true it stops if stdin is closed from the beginning', async () => {
    const { status, lines } = await kit.run('ownedByStdin');
    expect([status, lines.at(-2)]).toEqual([0, 'over: stdin-end']);
  });

  kit.it('N25', 'with stdin: true an open stdin does not keep the process alive after a signal', async () => {
    const { status, lines, stderr } = await (await kit.running('ownedByStdin', { stdin: 'pipe' })).endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['running', 'over: signal', 'exit event 0'], '']);
  });

  kit.it(
    'N20',
    'SIGHUP fires reload if a trigger is registered; one that comes meanwhile fires it once more afterwards',
    async () => {
      const program = await kit.running('reloads');
      program.signal('SIGHUP');
      await program.line('reload SIGHUP');
      program.signal('SIGHUP');
      await program.line('reload SIGHUP 2');
      const { status, lines } = await program.endBy('SIGTERM');
      expect([status, lines]).toEqual([
        0,
        ['running', 'reload SIGHUP 1', 'reload SIGHUP 2', 'over: signal', 'exit event 0'],
      ]);
    },
  );

  kit.it('N20', 'SIGHUP while starting reloads once the start is over; while stopping it does nothing', async () => {
    const program = kit.start('reloadsWhileStarting');
    await program.line('starting');
    program.signal('SIGHUP');
    program.signal('SIGUSR2');
    await program.line('reload SIGHUP 1');
    program.signal('SIGTERM');
    await program.line('stopping');
    const { status, lines } = await program.endBy('SIGHUP');
    expect([status, lines]).toEqual([
      0,
      ['starting', 'running', 'reload SIGHUP 1', 'stopping', 'over: signal', 'exit event 0'],
    ]);
  });

  kit.it('N20', 'a reload that was asked for does not begin once the reactor stops', async () => {
    const { status, lines } = await (await kit.running('stopsBeforeReload')).endBy('SIGHUP');
    expect([status, lines]).toEqual([
      0,
      ['running', 'reload 1 running', 'reloaded 1 stopping', 'over: signal', 'exit event 0'],
    ]);
  });

  kit.it('N20', 'two SIGHUPs while starting make one reload', async () => {
    const program = kit.start('reloadsOnceStarted');
    await program.line('reloaded');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([0, ['running', 'reload 1', 'reloaded', 'over: signal', 'exit event 0']]);
  });

  kit.it('N20', 'SIGHUP reloads once more after a reload that the program itself has fired', async () => {
    const { status, lines } = await kit.run('reloadsByItself');
    expect([status, lines]).toEqual([
      0,
      ['running', 'reload 1 undefined', 'reload 2 SIGHUP', 'reload 3 SIGHUP', 'over: signal', 'exit event 0'],
    ]);
  });

  const closed = 'a terminal that is closed stops the reactor, also if a trigger is registered for reload';
  if (spawnSync('script', ['--version']).error) kit.skip('N20', closed, 'there is no script(1)');
  else {
    kit.it('N20', closed, async () => {
      // Resolves once the program in the terminal has closed stdout, too.
      const { lines } = await (await kit.running('closesTerminal')).endBy('SIGUSR2');
      expect(lines).toEqual(['running', 'over: signal', 'exit event 0']);
    });
  }
}
