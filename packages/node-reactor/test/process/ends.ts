import type { ProcessKit } from './kit.ts';

/** Programs that get a signal while they run, and the exit status. */
const STOPPED_BY_SIGNAL = [
  { name: 'clean', signal: 'SIGTERM', status: 0, rule: 'a clean stop after a signal ends with 0' },
  {
    name: 'trueSignal',
    signal: 'SIGTERM',
    status: 'SIGTERM',
    rule: "with exit: 'signal' a clean stop ends the process by the signal itself",
  },
  {
    name: 'trueSignal',
    signal: 'SIGINT',
    status: 'SIGINT',
    rule: "with exit: 'signal' the process ends by the same signal that it got",
  },
  {
    name: 'trueSignalAmongForeign',
    signal: 'SIGTERM',
    status: 'SIGTERM',
    rule: "with exit: 'signal' a listener that somebody left behind does not keep the signal from ending the process",
  },
  {
    name: 'trueSignalButFailed',
    signal: 'SIGTERM',
    status: 1,
    rule: "with exit: 'signal' a failed stop ends with 1 and not by the signal",
  },
  { name: 'throws', signal: 'SIGTERM', status: 1, rule: 'after a trigger that throws the status is 1' },
  { name: 'serviceRejects', signal: 'SIGTERM', status: 1, rule: 'after a service that rejects the status is 1' },
  {
    name: 'hangs',
    signal: 'SIGTERM',
    status: 124,
    rule: 'after a trigger that the limit of its phase cut the status is 124',
  },
  {
    name: 'hangsAtTheVeryEnd',
    signal: 'SIGTERM',
    status: 124,
    rule: 'after a trigger that the deadline cut the status is 124',
  },
] as const;

/** Programs that end by themselves, and the exit status. */
const ENDS_BY_ITSELF = [
  { name: 'byItself', status: 0, rule: 'a stop by the program ends with 0' },
  { name: 'startFails', status: 1, rule: 'a start that failed ends with 1, also when the program caught the error' },
  { name: 'startFailsUncaught', status: 1, rule: 'a start that failed ends with 1 when nobody catches the error' },
  { name: 'callbackThrows', status: 0, rule: 'an error in a plain callback does not change the status' },
  { name: 'statusLeftAlone', status: 7, rule: 'with exitCode: false a failed stop does not change the status' },
  { name: 'ownStatus', status: 7, rule: 'a status that the program has set is kept after a clean stop' },
  { name: 'crashes', status: 0, rule: 'a crash fires nothing and sets no status' },
] as const;

/** How a process ends: N1, N8, N9, N11. */
export function ends(kit: ProcessKit): void {
  const { expect } = kit;

  for (const { name, signal, status, rule } of STOPPED_BY_SIGNAL) {
    kit.it('N11', rule, async () => {
      const end = await (await kit.running(name)).endBy(signal);
      expect(end.status).toBe(status);
    });
  }

  for (const { name, status, rule } of ENDS_BY_ITSELF) {
    kit.it('N11', rule, async () => {
      expect((await kit.run(name)).status).toBe(status);
    });
  }

  kit.it('N1', 'a top-level await of run() goes on, and the process ends by itself with 0', async () => {
    const { status, lines } = await kit.run('byItself');
    expect([status, lines]).toEqual([0, ['running', 'over: stop', 'exit event 0']]);
  });

  kit.it(
    'N1',
    'an idle reactor keeps the process alive with one timer, which is cleared before run() settles',
    async () => {
      const { lines } = await kit.run('idle');
      // Bun does not tell what keeps a process alive.
      const tells = lines.includes('timers while idle: 1');
      expect(tells).toBe(kit.runtime.name !== 'Bun');
      expect(lines.filter((line) => line.startsWith('timers')).map((line) => line.slice(-1))).toEqual([
        '0',
        tells ? '1' : '0',
        '0',
      ]);
    },
  );

  kit.it('N11', 'all three phases and the exit event come before the end', async () => {
    const { lines } = await (await kit.running('clean')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'before', 'during', 'after', 'over: signal', 'exit event 0']);
  });

  kit.it('N11', 'a trigger that throws is named; the other triggers and the later phases run', async () => {
    const { lines, stderr } = await (await kit.running('throws')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'sibling', 'after', 'over: signal', 'exit event 1']);
    expect([stderr.includes('"flush" (shutdown, during)'), stderr.includes('disk full')]).toEqual([true, true]);
  });

  kit.it('N11', 'a start that failed has stopped what had started', async () => {
    const { lines } = await kit.run('startFails');
    expect(lines).toEqual(['db closed', 'The start failed: no config', 'exit event 1']);
  });

  kit.it('N8', 'a trigger that never settles is named, and `after` still has time to run', async () => {
    const { lines, stderr } = await (await kit.running('hangs')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'after', 'over: signal', 'exit event 124']);
    expect(stderr.includes('"queue" (shutdown, during)')).toBe(true);
  });

  kit.it('N8', 'the deadline cuts a start that is being stopped, too', async () => {
    const program = kit.start('startHangs');
    await program.line('starting');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([124, ['starting', 'over: signal', 'exit event 124']]);
  });

  for (const { name, origin } of [
    { name: 'uncaughtException', origin: 'uncaught exception' },
    { name: 'unhandledRejection', origin: 'unhandled rejection' },
  ] as const) {
    kit.it('N11', `an ${origin} is printed, fires shutdown and ends with 1`, async () => {
      const { status, lines, stderr } = await kit.run(name);
      expect([status, lines]).toEqual([1, ['running', 'shutdown', 'over: uncaught', 'exit event 1']]);
      expect(stderr.includes(`${origin}: Error: nobody catches this`)).toBe(true);
    });
  }

  kit.it('N11', 'an uncaught error goes to onError, with the source host', async () => {
    const { status, lines } = await kit.run('uncaughtToOnError');
    expect([status, lines[1]]).toEqual([1, 'host unhandled rejection: nobody catches this']);
  });

  kit.it('N11', 'with uncaught: false an uncaught exception ends the process, and shutdown is not fired', async () => {
    const { status, lines } = await kit.run('uncaughtLeftAlone');
    expect([status !== 0, lines.includes('shutdown')]).toEqual([true, false]);
  });

  kit.it('N11', 'after a signal a process that something keeps alive prints what that is, and is ended', async () => {
    const { status, lines, stderr } = await (await kit.running('held')).endBy('SIGTERM');
    expect([status, lines]).toEqual([0, ['running', 'over: signal', 'exit event 0']]);
    expect(stderr.includes('something still holds the process: ')).toBe(true);
    expect(/process: timer; ending it|does not say/.test(stderr)).toBe(true);
  });

  if (kit.runtime.name === 'Bun') kit.skip('N11', 'what holds a process is named', 'Bun does not say what holds it');
  else {
    kit.it(
      'N11',
      'what holds a process is named: servers, threads and children, but nothing of the reactor',
      async () => {
        const { lines, stderr } = await (await kit.running('heldByMany')).endBy('SIGTERM');
        const [, port = ''] = /^port (\d+)$/.exec(lines[0] ?? '') ?? [];
        const [, thread = '', child = ''] = /^thread (\d+), child (\d+)$/.exec(lines[1] ?? '') ?? [];
        const [, holders = ''] = /holds the process: (.*); ending it/.exec(stderr) ?? [];
        expect(holders.split(', ').sort()).toEqual([
          `child process ${child} (sleep)`,
          `server on port ${port}`,
          `worker thread ${thread}`,
        ]);
      },
    );
  }

  kit.it('N11', 'after its own stop() the program goes on until it ends by itself', async () => {
    const { status, lines, stderr } = await kit.run('heldByOwnStop');
    expect([status, lines, stderr]).toEqual([0, ['running', 'over: stop', 'reached the end', 'exit event 0'], '']);
  });

  kit.it('N11', 'with forceExit: true the process is ended also after its own stop()', async () => {
    const { status, stderr } = await kit.run('heldByOwnStopForced');
    expect([status, stderr.includes('something still holds the process')]).toEqual([0, true]);
  });

  kit.it('N11', 'when the process is ended, what the stop has abandoned is named', async () => {
    const { status, stderr } = await (await kit.running('heldByWhatWasCut')).endBy('SIGTERM');
    expect([status, stderr.includes('left behind: queue (during, ')]).toEqual([124, true]);
  });

  kit.it('N11', 'a process is ended only after all its output is written', async () => {
    const { status, lines } = await (await kit.running('floods')).endBy('SIGTERM');
    // On Bun a line of the console can come in the middle of what process.stdout still writes, so only the number of z is checked.
    expect([status, lines.join('').replaceAll(/[^z]/g, '').length]).toEqual([0, 1_048_576]);
  });

  kit.it('N11', 'a reader that is slow gets all of the output, too', async () => {
    const program = await kit.running('floods');
    program.readSlowly(200); // 3 s for all of it
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines.join('').replaceAll(/[^z]/g, '').length]).toEqual([0, 1_048_576]);
  });

  kit.it('N11', 'after a stop that fails and that crash() then cuts the status is 1', async () => {
    const { status } = await (await kit.running('crashesWhileStopping')).endBy('SIGTERM');
    expect(status).toBe(1);
  });

  kit.it('N11', 'a crash fires nothing, and the process ends by itself', async () => {
    const { lines } = await kit.run('crashes');
    expect(lines).toEqual(['running', 'run 1', 'over: crash', 'exit event 0']);
  });

  kit.it('N9', 'a stop that takes long prints what it waits for', async () => {
    const program = await kit.running('slow');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: ');
    expect(/^still waiting for: db-pool \(during, \d\.\d s\), http \(3 requests\)$/.test(sorted(line))).toBe(true);
    const { status } = await program.endBy('SIGUSR2');
    expect(status).toBe(0);
  });
}

/** Sorts the list in a line: services and plain triggers of one phase have no fixed order. */
function sorted(line: string): string {
  const [head = '', list = ''] = line.split(': ');
  return `${head}: ${list
    .split(/, (?=[a-z-]+ \()/)
    .sort()
    .join(', ')}`;
}
