import type { ProcessKit } from './kit.ts';

/** `runMain` and `runService`: how they end, and the exit status: N11, N24. */
export function mains(kit: ProcessKit): void {
  const { expect } = kit;

  const endsByItself = [
    { name: 'mainEnds', status: 0, lines: ['main', 'over: main-ended'], rule: 'the run ends when main has ended' },
    {
      name: 'mainRejects',
      status: 1,
      lines: ['over: main-ended, disk full; Trigger "backup" (shutdown, before) failed: disk full'],
      rule: 'a main that rejects stops the reactor, is in the result, and the status is 1',
    },
    {
      name: 'mainThrowsAtOnce',
      status: 1,
      lines: ['over: main-ended'],
      rule: 'after a main that throws the status is 1',
    },
    {
      name: 'mainEndsWhileStarting',
      status: 0,
      lines: ['over: main-ended'],
      rule: 'a main that ends while the start pends ends the run',
    },
    {
      name: 'serviceFailsToStart',
      status: 1,
      lines: ['StartupFailedError: The start failed: refused'],
      rule: 'a service that fails to start rejects runService, and the status is 1',
    },
  ] as const;
  for (const { name, status, lines, rule } of endsByItself) {
    kit.it('N11', rule, async () => {
      const end = await kit.run(name);
      expect([end.status, end.lines]).toEqual([status, lines]);
    });
  }

  const stoppedBySignal = [
    {
      statement: 'N24',
      name: 'mainSleeps',
      status: 143,
      lines: [],
      rule: 'a main that a signal interrupts in its sleep ends with 143, not with 1 or 0',
    },
    {
      statement: 'N24',
      name: 'mainIsToldToStop',
      status: 143,
      lines: [],
      rule: 'a main that rejects with the abort of reactor.signal ends with 143, too',
    },
    {
      statement: 'N24',
      name: 'mainFailsWhileStopping',
      status: 1,
      lines: [],
      rule: 'after a main that fails while the reactor stops the status is 1',
    },
    {
      statement: 'N24',
      name: 'mainCleansUp',
      status: 143,
      lines: ['cleaned', 'db closes'],
      rule: 'a stop waits for the finally block of main before resources close',
    },
    {
      statement: 'N24',
      name: 'mainSetsItsStatus',
      status: 0,
      lines: ['saved'],
      rule: 'a main that was interrupted may set the status itself',
    },
    {
      statement: 'N24',
      name: 'mainRejectsLate',
      status: 1,
      lines: ['db closes'],
      rule: 'after a main whose finally block rejects the status is 1',
    },
    {
      statement: 'N24',
      name: 'mainIgnoresTheSignal',
      status: 124,
      lines: ['db closes'],
      rule: 'a main that does not end is cut at the limit of before, with 124',
    },
    {
      statement: 'N11',
      name: 'serviceRuns',
      status: 0,
      lines: ['http closes', 'db closes'],
      rule: 'runService stops in order after a signal',
    },
  ] as const;
  for (const { statement, name, status, lines, rule } of stoppedBySignal) {
    kit.it(statement, rule, async () => {
      const end = await (await kit.running(name)).endBy('SIGTERM');
      expect([end.status, end.lines.filter((line) => line !== 'db opens')]).toEqual([
        status,
        ['running', ...lines, 'over: signal'],
      ]);
    });
  }

  kit.it('N24', 'a stop that waits for main prints its name', async () => {
    const program = await kit.running('mainCleansUpSlowly');
    program.signal('SIGINT');
    await program.line('still waiting for: tidy (before, ');
    const { status, lines } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([130, ['running', 'cleaned', 'over: signal']]);
  });

  kit.it('N24', 'a main that awaits its own stop() is not waited for', async () => {
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

  kit.it('N24', 'the channel of a child to its parent does not keep such a main from ending with 13', async () => {
    const { status, stderr } = await kit.start('mainNeverSettles', { ipc: true }).ended;
    expect([status, stderr.includes('not settled: endless')]).toEqual([13, true]);
  });

  const goesOn = 'a listener for beforeExit that goes on with work keeps the run going';
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

  kit.it('N24', 'a main that awaits its own stop() with another reason is not waited for either', async () => {
    const { status, lines } = await kit.run('mainRestarts');
    expect([status, lines]).toEqual([0, ['stopped: restart', 'over: restart']]);
  });

  kit.it('C31', 'the reactor of a service that has crashed runs again', async () => {
    const { status, lines } = await kit.run('serviceRunsAgain');
    expect([status, lines]).toEqual([0, ['over: crash, stop']]);
  });

  for (const name of ['failsAfterTrueSignal', 'failsAfterLastLogLine'] as const) {
    kit.it('N11', `an error after the run is printed, and the status is 1 (${name})`, async () => {
      const { status, stderr } = await (await kit.running(name)).endBy('SIGTERM');
      expect([status, stderr.includes('the rest fails')]).toEqual([1, true]);
    });
  }

  kit.it('N24', 'a start that nothing can settle any more is named, and the status is 13', async () => {
    const { status, stderr } = await kit.run('mainStartNeverSettles');
    expect([status, /not settled: main, redis \(after, \d/.test(stderr)]).toEqual([13, true]);
  });

  kit.it('N24', 'a sleep or a queued call alone keeps the run going', async () => {
    const { status, lines } = await kit.run('mainWaitsForItsClock');
    expect([status, lines]).toEqual([0, ['slept', 'called', 'over: main-ended']]);
  });

  kit.it('N9', 'a start that takes long prints what it waits for', async () => {
    const program = kit.start('startLasts');
    const line = await program.line('still starting: ');
    const { status } = await program.endBy('SIGUSR2');
    expect([/^still starting: redis \(during, \d\.\d s\)$/.test(line), status]).toEqual([true, 0]);
  });
}
