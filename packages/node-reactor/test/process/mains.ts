import type { ProcessKit } from './kit.ts';

/** `runMain` and `runService`, and the statuses they leave: N11. */
export function mains(kit: ProcessKit): void {
  const { expect } = kit;

  const outcomes = [
    ['mainEnds', 0, ['main', 'over: main-ended'], 'runMain ends when main has ended'],
    [
      'mainRejects',
      1,
      ['over: main-ended, disk full; Trigger "backup" (shutdown, before) failed: disk full'],
      'a main that rejects stops the reactor, is in the result, and the status is 1',
    ],
    ['mainThrowsAtOnce', 1, ['over: main-ended'], 'a main that throws at once makes it 1'],
    ['mainEndsWhileStarting', 0, ['over: main-ended'], 'a main that ends while the start pends ends the run'],
    [
      'setupThrows',
      1,
      ['shutdown', 'StartupFailedError: The start failed: no config'],
      'a setup that throws is a failed start: no startup, shutdown fires, the status is 1',
    ],
    [
      'serviceFailsToStart',
      1,
      ['StartupFailedError: The start failed: refused'],
      'a service that fails to start rejects runService, and the status is 1',
    ],
  ] as const;
  for (const [name, status, lines, rule] of outcomes) {
    kit.it('N11', rule, async () => {
      const end = await kit.run(name);
      expect([end.status, end.lines]).toEqual([status, lines]);
    });
  }

  const stopped = [
    ['mainSleeps', 143, [], 'a main that a signal cuts in its sleep has not failed, and not ended'],
    ['mainIsToldToStop', 143, [], 'neither has one that ends with the abort of reactor.signal'],
    ['mainFailsWhileStopping', 1, [], 'a main that fails while the reactor stops makes it 1'],
    ['mainCleansUp', 143, ['cleaned', 'db closes'], 'a stop waits for the finally of main, before resources close'],
    ['mainSetsItsStatus', 0, ['saved'], 'a main that was interrupted may set its own status'],
    ['mainRejectsLate', 1, ['db closes'], 'a main whose finally rejects makes it 1'],
    ['mainIgnoresTheSignal', 124, ['db closes'], 'a main that does not end is cut at the limit of before'],
    ['serviceRuns', 0, ['http closes', 'db closes'], 'runService stops in order after a signal'],
  ] as const;
  for (const [name, status, lines, rule] of stopped) {
    kit.it(rule.includes('main') ? 'N24' : 'N11', rule, async () => {
      const end = await (await kit.running(name)).endBy('SIGTERM');
      expect([end.status, end.lines.filter((line) => line !== 'db opens')]).toEqual([
        status,
        ['running', ...lines, 'over: signal'],
      ]);
    });
  }

  kit.it('N24', 'a main that a stop waits for is named', async () => {
    const program = await kit.running('mainCleansUpSlowly');
    program.signal('SIGINT');
    await program.line('still waiting for: tidy (before, ');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([130, ['running', 'cleaned', 'over: signal']]);
  });

  kit.it('N24', 'after its own stop() a main that awaits it is not awaited in turn', async () => {
    const { status, lines } = await kit.run('mainStopsItself');
    expect([status, lines]).toEqual([0, ['stopped: stop', 'over: stop']]);
  });

  kit.it('N24', 'a main that rejects after the run is reported, and the status is 1', async () => {
    const { status, lines, stderr } = await kit.run('mainRejectsAfterItsOwnStop');
    expect([status, lines, stderr.includes('could not save')]).toEqual([1, ['over: stop'], true]);
  });

  for (const name of ['mainNeverSettles', 'mainNeverSettlesAtTopLevel'] as const) {
    const rule = `a main that nothing can settle any more is named, and the status is 13 (${name})`;
    if (kit.runtime.name === 'Bun' && name === 'mainNeverSettlesAtTopLevel') {
      kit.skip('N24', rule, 'Bun emits no beforeExit while a top-level await pends');
      continue;
    }
    kit.it('N24', rule, async () => {
      const { status, lines, stderr } = await kit.run(name);
      expect([status, lines]).toEqual([13, ['db closes', 'over: main-stalled']]);
      expect(stderr).toBe('nothing is left to run, but not settled: endless; ending with status 13\n');
    });
  }

  kit.it('N24', 'so is one of a child with a channel to its parent, which does not hold it', async () => {
    const { status, stderr } = await kit.start('mainNeverSettles', { ipc: true }).ended;
    expect([status, stderr.includes('not settled: endless')]).toEqual([13, true]);
  });

  const goesOn = 'a listener for beforeExit that goes on is waited for';
  if (kit.runtime.name === 'Bun') kit.skip('N24', goesOn, 'Bun emits no beforeExit while a top-level await pends');
  else {
    kit.it('N24', goesOn, async () => {
      const { status, lines } = await kit.run('mainBesideListenerThatGoesOn');
      expect([status, lines]).toEqual([0, ['over: main-ended']]);
    });
  }

  kit.it('N24', 'a second main that is interrupted ends with 128 + n too', async () => {
    const { status, lines } = await (await kit.running('secondMain')).endBy('SIGINT');
    expect([status, lines]).toEqual([130, ['running', 'over: signal']]);
  });

  kit.it('N24', 'a main that is interrupted in its own stop() ends with 128 + n', async () => {
    expect((await (await kit.running('mainStopsAndIsInterrupted')).endBy('SIGINT')).status).toBe(130);
  });

  kit.it('N24', 'a main that awaits its own stop is not awaited, whatever its reason', async () => {
    const { status, lines } = await kit.run('mainRestarts');
    expect([status, lines]).toEqual([0, ['stopped: restart', 'over: restart']]);
  });

  kit.it('C31', 'the reactor of a service that has crashed runs again', async () => {
    const { status, lines } = await kit.run('serviceRunsAgain');
    expect([status, lines]).toEqual([0, ['over: crash, stop']]);
  });

  for (const name of ['failsAfterTrueSignal', 'failsAfterLastLine'] as const) {
    kit.it('N11', `what fails after the run is printed, and makes it 1 (${name})`, async () => {
      const { status, stderr } = await (await kit.running(name)).endBy('SIGTERM');
      expect([status, stderr.includes('the rest fails')]).toEqual([1, true]);
    });
  }

  kit.it('N24', 'a start that nothing can settle any more is named too', async () => {
    const { status, stderr } = await kit.run('mainStartNeverSettles');
    expect([status, /not settled: main, redis \(after, \d/.test(stderr)]).toEqual([13, true]);
  });

  kit.it('N24', 'with nothing but a sleep or a queued call to wait for the run goes on', async () => {
    const { status, lines } = await kit.run('mainWaitsForItsClock');
    expect([status, lines]).toEqual([0, ['slept', 'called', 'over: main-ended']]);
  });

  kit.it('N7', 'a signal while setup pends: it is told, awaited, nothing starts, and shutdown fires', async () => {
    const program = kit.start('setupIsSlow');
    await program.line('setup');
    program.signal('SIGTERM');
    await program.line('told to stop');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([
      0,
      ['setup', 'told to stop', 'setup goes on', 'shutdown of what setup registered late', 'over: signal'],
    ]);
  });

  kit.it('N7', 'a setup that ends with the abort of app.signal has not failed', async () => {
    const program = kit.start('setupIsToldToStop');
    await program.line('setup');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['setup', 'shutdown', 'over: signal'], '']);
  });

  kit.it('N7', 'a setup that fails while it is told to stop makes the status 1', async () => {
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

  kit.it('N7', 'a setup that the program itself cuts has met no limit', async () => {
    const { lines, stderr } = await kit.run('setupIsCut');
    expect([lines, stderr]).toEqual([['setup', 'shutdown', 'over: escalate 1', 'setup', 'over: crash 0'], '']);
  });

  kit.it('N7', 'a setup that was cut is told as cut, though it has ended since', async () => {
    const program = kit.start('setupEndsLate');
    await program.line('setup');
    const { status, lines, stderr } = await program.endBy('SIGTERM');
    expect([status, lines, stderr.includes('setup was cut after ')]).toEqual([124, ['setup', 'over: signal'], true]);
  });

  kit.it('N9', 'a start that lasts says what it waits for', async () => {
    const program = kit.start('startLasts');
    const line = await program.line('still starting: ');
    const { status } = await program.endBy('SIGUSR2');
    expect([/^still starting: redis \(during, \d\.\d s\)$/.test(line), status]).toEqual([true, 0]);
  });

  kit.it('N11', 'a setup that throws is told on the error path', async () => {
    expect((await kit.run('setupThrows')).stderr.includes('setup: Error: no config')).toBe(true);
  });
}
