import type { ProcessKit } from './kit.ts';

/** The `setup` of `runService`: signals that come while it is pending, and how it fails: N7, N11. */
export function setups(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it(
    'N7',
    'a signal while setup is pending aborts app.signal; setup is awaited, nothing starts, and shutdown fires',
    async () => {
      const program = kit.start('setupIsSlow');
      await program.line('setup');
      program.signal('SIGTERM');
      await program.line('told to stop');
      const { status, lines } = await program.endBy('SIGUSR2');
      expect([status, lines]).toEqual([
        0,
        ['setup', 'told to stop', 'setup goes on', 'shutdown of what setup registered late', 'over: signal'],
      ]);
    },
  );

  kit.it('N7', 'a setup that rejects with the abort of app.signal has not failed', async () => {
    const program = kit.start('setupIsToldToStop');
    await program.line('setup');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['setup', 'shutdown', 'over: signal'], '']);
  });

  kit.it('N7', 'after a setup that fails once app.signal has aborted the status is 1', async () => {
    const program = kit.start('setupFailsWhileStopping');
    await program.line('setup');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines, stderr.includes('could not undo')]).toEqual([
      1,
      ['setup', 'shutdown', 'over: signal'],
      true,
    ]);
  });

  kit.it('N7', 'a setup that does not end is cut at the limit, and named', async () => {
    const program = kit.start('setupHangs');
    await program.line('still starting: setup (');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([124, ['setup', 'shutdown', 'over: signal']]);
    expect([stderr.includes('setup was cut after '), stderr.includes('left behind: setup (')]).toEqual([true, true]);
  });

  kit.it('N7', 'a second signal cuts a setup that does not end', async () => {
    const program = kit.start('setupHangsLong');
    await program.line('setup');
    program.signal('SIGTERM');
    await program.line('told to stop');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([143, ['setup', 'told to stop', 'shutdown', 'over: signal']]);
    expect([
      stderr.includes('SIGTERM again: not waiting any longer for setup ('),
      stderr.includes('setup was cut'),
    ]).toEqual([true, false]);
  });

  kit.it('N7', 'a setup that escalate() or crash() cuts is not reported as cut by a limit', async () => {
    const { lines, stderr } = await kit.run('setupIsCut');
    expect([lines, stderr]).toEqual([['setup', 'shutdown', 'over: escalate 1', 'setup', 'over: crash 0'], '']);
  });

  kit.it('N7', 'a setup that a limit has cut is reported as cut, even if it ends later', async () => {
    const program = kit.start('setupEndsLate');
    await program.line('setup');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines, stderr.includes('setup was cut after ')]).toEqual([124, ['setup', 'over: signal'], true]);
  });

  kit.it('N11', 'a setup that throws is a failed start: no startup, shutdown fires, the status is 1', async () => {
    const { status, lines } = await kit.run('setupThrows');
    expect([status, lines]).toEqual([1, ['shutdown', 'StartupFailedError: The start failed: no config']]);
  });

  kit.it('N11', 'a setup that throws is reported on the error path', async () => {
    expect((await kit.run('setupThrows')).stderr.includes('setup: Error: no config')).toBe(true);
  });
}
