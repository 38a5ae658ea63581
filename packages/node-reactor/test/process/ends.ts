import type { ProcessKit } from './kit.ts';

/** Exit statuses of a program that runs and is told to stop: [program, signal, status]. */
const STATUSES = [
  ['clean', 'SIGTERM', 0, 'a clean stop after a signal ends with 0'],
  ['trueSignal', 'SIGTERM', 'SIGTERM', "with exit: 'signal' a clean stop ends with the true signal"],
  ['trueSignal', 'SIGINT', 'SIGINT', "with exit: 'signal' it is the signal that came"],
  [
    'trueSignalAmongForeign',
    'SIGTERM',
    'SIGTERM',
    'a listener that somebody left behind does not swallow the true signal',
  ],
  ['trueSignalButFailed', 'SIGTERM', 1, 'a failed stop ends with 1 and not with the true signal'],
  ['throws', 'SIGTERM', 1, 'a trigger that throws makes it 1'],
  ['serviceRejects', 'SIGTERM', 1, 'a service that rejects makes it 1'],
  ['hangs', 'SIGTERM', 124, 'a share of the deadline that cuts a trigger makes it 124'],
  ['hangsAtTheVeryEnd', 'SIGTERM', 124, 'the deadline makes it 124'],
] as const;

/** Exit statuses of a program that ends by itself: [program, status]. */
const OWN_STATUSES = [
  ['byItself', 0, 'a stop by the program ends with 0'],
  ['startFails', 1, 'a start that failed ends with 1, also when the program caught it'],
  ['startFailsUncaught', 1, 'a start that failed ends with 1 when nobody catches it'],
  ['callbackThrows', 0, 'an error in a plain callback does not change it'],
  ['statusLeftAlone', 7, 'with exitCode: false a failed stop leaves the status alone'],
  ['ownStatus', 7, 'a status that the program has set stands after a clean stop'],
  ['crashes', 0, 'a crash is no end: it fires nothing and sets no status'],
] as const;

/** How a process ends: N1, N8, N9, N11. */
export function ends(kit: ProcessKit): void {
  const { expect } = kit;

  for (const [name, signal, status, rule] of STATUSES) {
    kit.it('N11', rule, async () => {
      const end = await (await kit.running(name)).endBy(signal);
      expect(end.status).toBe(status);
    });
  }

  for (const [name, status, rule] of OWN_STATUSES) {
    kit.it('N11', rule, async () => {
      expect((await kit.run(name)).status).toBe(status);
    });
  }

  kit.it('N1', 'a top-level await of run() goes on, and the process ends by itself with 0', async () => {
    const { status, lines } = await kit.run('byItself');
    expect([status, lines]).toEqual([0, ['running', 'over: stop', 'exit event 0']]);
  });

  kit.it('N1', 'an idle reactor holds the process with one timer, released before run() settles', async () => {
    const { lines } = await kit.run('idle');
    // Bun does not tell what holds a process.
    const tells = lines.includes('timers while idle: 1');
    expect(tells).toBe(kit.runtime.name !== 'Bun');
    expect(lines.filter((line) => line.startsWith('timers')).map((line) => line.slice(-1))).toEqual([
      '0',
      tells ? '1' : '0',
      '0',
    ]);
  });

  kit.it('N11', 'all three phases and the exit event come before the end', async () => {
    const { lines } = await (await kit.running('clean')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'before', 'during', 'after', 'over: signal', 'exit event 0']);
  });

  kit.it('N11', 'a trigger that throws is named, its siblings and the later phases run', async () => {
    const { lines, stderr } = await (await kit.running('throws')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'sibling', 'after', 'over: signal', 'exit event 1']);
    expect([stderr.includes('"flush" (shutdown, during)'), stderr.includes('disk full')]).toEqual([true, true]);
  });

  kit.it('N11', 'a start that failed has stopped what had started', async () => {
    const { lines } = await kit.run('startFails');
    expect(lines).toEqual(['db closed', 'The start failed: no config', 'exit event 1']);
  });

  kit.it('N8', 'a trigger that never settles is named, and `after` still has its share', async () => {
    const { lines, stderr } = await (await kit.running('hangs')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'after', 'over: signal', 'exit event 124']);
    expect(stderr.includes('"queue" (shutdown, during)')).toBe(true);
  });

  kit.it('N8', 'the deadline bounds a start that is being stopped too', async () => {
    const program = kit.start('startHangs');
    await program.line('starting');
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines]).toEqual([124, ['starting', 'over: signal', 'exit event 124']]);
  });

  for (const [name, origin] of [
    ['uncaughtException', 'uncaught exception'],
    ['unhandledRejection', 'unhandled rejection'],
  ] as const) {
    kit.it('N11', `an ${origin} is printed, fires shutdown and ends with 1`, async () => {
      const { status, lines, stderr } = await kit.run(name);
      expect([status, lines]).toEqual([1, ['running', 'shutdown', 'over: uncaught', 'exit event 1']]);
      expect(stderr.includes(`${origin}: Error: nobody catches this`)).toBe(true);
    });
  }

  kit.it('N11', 'what nobody caught goes to onError, as from the host', async () => {
    const { status, lines } = await kit.run('uncaughtToOnError');
    expect([status, lines[1]]).toEqual([1, 'host unhandled rejection: nobody catches this']);
  });

  kit.it('N11', 'with uncaught: false an uncaught exception is the process’s own affair', async () => {
    const { status, lines } = await kit.run('uncaughtLeftAlone');
    expect([status !== 0, lines.includes('shutdown')]).toEqual([true, false]);
  });

  kit.it('N11', 'after a signal a process that something still holds is told what holds it, and ended', async () => {
    const { status, lines, stderr } = await (await kit.running('held')).endBy('SIGTERM');
    expect([status, lines]).toEqual([0, ['running', 'over: signal', 'exit event 0']]);
    expect(stderr.includes('something still holds the process: ')).toBe(true);
    expect(/process: timer; ending it|does not say/.test(stderr)).toBe(true);
  });

  if (kit.runtime.name === 'Bun') kit.skip('N11', 'what holds a process is named', 'Bun does not say what holds it');
  else {
    kit.it('N11', 'what holds a process is named: servers, threads, children, and nothing of ours', async () => {
      const { lines, stderr } = await (await kit.running('heldByMany')).endBy('SIGTERM');
      const [, port = ''] = /^port (\d+)$/.exec(lines[0] ?? '') ?? [];
      const [, thread = '', child = ''] = /^thread (\d+), child (\d+)$/.exec(lines[1] ?? '') ?? [];
      const [, holders = ''] = /holds the process: (.*); ending it/.exec(stderr) ?? [];
      expect(holders.split(', ').sort()).toEqual([
        `child process ${child} (sleep)`,
        `server on port ${port}`,
        `worker thread ${thread}`,
      ]);
    });
  }

  kit.it('N11', 'after its own stop() the program goes on, whatever it does', async () => {
    const { status, lines, stderr } = await kit.run('heldByOwnStop');
    expect([status, lines, stderr]).toEqual([0, ['running', 'over: stop', 'reached the end', 'exit event 0'], '']);
  });

  kit.it('N11', 'forceExit: true asks for the end after its own stop()', async () => {
    const { status, stderr } = await kit.run('heldByOwnStopForced');
    expect([status, stderr.includes('something still holds the process')]).toEqual([0, true]);
  });

  kit.it('N11', 'what the stop left behind is named when the process is ended', async () => {
    const { status, stderr } = await (await kit.running('heldByWhatWasCut')).endBy('SIGTERM');
    expect([status, stderr.includes('left behind: queue (during, ')]).toEqual([124, true]);
  });

  kit.it('N11', 'a process that is ended has written all it had to say', async () => {
    const { status, lines } = await (await kit.running('floods')).endBy('SIGTERM');
    // Bun's console writes past what process.stdout still holds, so only the amount tells.
    expect([status, lines.join('').replaceAll(/[^z]/g, '').length]).toEqual([0, 1_048_576]);
  });

  kit.it('N11', 'a slow reader gets all of it too', async () => {
    const program = await kit.running('floods');
    program.readSlowly(200); // 3 s for all of it
    const { status, lines } = await program.endBy('SIGTERM');
    expect([status, lines.join('').replaceAll(/[^z]/g, '').length]).toEqual([0, 1_048_576]);
  });

  kit.it('N11', 'a stop that fails and is then crashed is no success', async () => {
    const { status } = await (await kit.running('crashesWhileStopping')).endBy('SIGTERM');
    expect(status).toBe(1);
  });

  kit.it('N11', 'a crash fires nothing, and the process ends by itself', async () => {
    const { lines } = await kit.run('crashes');
    expect(lines).toEqual(['running', 'run 1', 'over: crash', 'exit event 0']);
  });

  kit.it('N9', 'a stop that lasts says what it waits for', async () => {
    const program = await kit.running('slow');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: ');
    expect(/^still waiting for: db-pool \(during, \d\.\d s\), http \(3 requests\)$/.test(sorted(line))).toBe(true);
    const { status } = await program.endBy('SIGUSR2');
    expect(status).toBe(0);
  });
}

/** Services and plain triggers of one phase have no order that a reader should count on. */
function sorted(line: string): string {
  const [head = '', list = ''] = line.split(': ');
  return `${head}: ${list
    .split(/, (?=[a-z-]+ \()/)
    .sort()
    .join(', ')}`;
}
