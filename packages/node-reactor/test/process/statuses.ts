import type { ProcessKit } from './kit.ts';

/** The rows of docs/exit-codes.md that are about services: C70. */
export function statuses(kit: ProcessKit): void {
  const { expect } = kit;

  // These end by themselves. `printed`: on stderr; `once`: there exactly once.
  for (const { name, what, printed, once } of [
    {
      name: 'bodyFails',
      what: 'a background service failed (C58)',
      printed: 'Error in service "worker"',
      once: 'no 1',
    },
    {
      name: 'bodyFailsBeforeItsFirstAwait',
      what: 'a background service failed to start (C58)',
      printed: 'Error in service "worker" (startup',
      once: 'Error: no',
    },
    {
      name: 'bodyEnds',
      what: 'a background service ended by itself (C58)',
      printed: 'ended by itself',
      once: 'ended by itself',
    },
    {
      name: 'bodyGivesUp',
      what: 'a background service gave up (C59)',
      printed: 'restarting in 0.0 s (3 of 3)',
      once: 'no 3',
    },
    {
      name: 'bodyEndsTooOften',
      what: 'a background service ended too often (C58, C59)',
      printed: 'restarting in 0.0 s (3 of 3)',
      once: 'ended by itself',
    },
    {
      name: 'resourceLost',
      what: 'a resource was lost (C72)',
      printed: 'Error in service "db"',
      once: 'connection reset',
    },
    {
      name: 'restartFails',
      what: 'a service did not start again in a restart (C60)',
      printed: 'Error in service "db"',
      once: 'refused',
    },
    {
      name: 'restartOutlivesItsLimit',
      what: 'a service outlived its limit in a restart (C60)',
      printed: 'timed out',
      once: '',
    },
    {
      name: 'failsWhileRunning',
      what: 'the program failed: fail() (C64)',
      printed: 'worker lost',
      once: 'worker lost',
    },
    { name: 'failsWhileStarting', what: 'fail() while starting (C64)', printed: 'no licence', once: 'no licence' },
    { name: 'failsInMain', what: 'fail() in main (C64)', printed: 'bad input', once: 'bad input' },
    {
      name: 'resourceNeverOpens',
      what: 'a resource was not opened by the last attempt (C71)',
      printed: 'retrying in 0.0 s (3 of 3)',
      once: '',
    },
  ] as const) {
    kit.it('C70', `${what}: 1`, async () => {
      const { status, stderr } = await kit.run(name);
      expect([status, stderr.includes(printed)]).toEqual([1, true]);
      if (once !== '') expect(stderr.split(once).length - 1).toBe(1);
    });
  }

  for (const { name, statement, what } of [
    {
      name: 'restartOutlivesItsLimit',
      statement: 'C60',
      what: 'a service that outlives its limit in a restart is never started a second time beside the first',
    },
    { name: 'restartFails', statement: 'C60', what: 'a service that does not start again in a restart' },
    { name: 'resourceLost', statement: 'C72', what: 'a resource that is lost' },
  ] as const) {
    kit.it(statement, `${what}: the program stops with service-failed, status 1`, async () => {
      const { status, lines } = await kit.run(name);
      expect([status, lines]).toEqual([1, ['over: service-failed db']]);
    });
  }

  // These get SIGTERM once they have printed `line`.
  for (const { name, what, line, expected } of [
    { name: 'bodyStops', what: 'a background service that ends when it is told to stop', line: 'running', expected: 0 },
    {
      name: 'bodyRejectsWithItsReason',
      what: 'a background service that rejects with the reason of the stop',
      line: 'running',
      expected: 0,
    },
    {
      name: 'bodyEndsAndMay',
      what: 'a background service that has ended, with onEnd: ignore',
      line: 'ended',
      expected: 0,
    },
    {
      name: 'bodyRecovers',
      what: 'a background service that has failed and was restarted',
      line: 'recovered',
      expected: 0,
    },
    { name: 'resourceOpensLate', what: 'a resource that was opened by a later attempt', line: 'running', expected: 0 },
    {
      name: 'openIsCut',
      what: 'resources whose start was cut, and rejected with the abort',
      line: 'opening',
      expected: 0,
    },
    {
      name: 'openFailsAsItIsCut',
      what: 'a resource whose start was cut, and failed with another error',
      line: 'opening',
      expected: 1,
    },
    {
      name: 'resourceLostAndOpenAgain',
      what: 'a resource that was lost and is open again',
      line: 'open again',
      expected: 0,
    },
    { name: 'additionFails', what: 'a service that was added did not start (C63)', line: 'goes on', expected: 0 },
    { name: 'gateGivesBack', what: 'work in a gate that was given back (C62)', line: 'running', expected: 0 },
    { name: 'reports', what: 'an error that was reported (C64)', line: 'running', expected: 0 },
    {
      name: 'gateCannotGiveBack',
      what: 'work in a gate that could not be given back (C62)',
      line: 'running',
      expected: 1,
    },
    { name: 'gateWorkHangs', what: 'work in a gate that outlives its limit (C62)', line: 'running', expected: 124 },
    { name: 'failsWhileStopping', what: 'fail() while stopping (C64)', line: 'running', expected: 1 },
    {
      name: 'bodyFailsAndMay',
      what: 'a background service that has failed, with onFailure: ignore',
      line: 'goes on',
      expected: 1,
    },
    {
      name: 'bodyGivesUpAndMay',
      what: 'a background service that gave up, with onFailure: ignore',
      line: 'given up',
      expected: 1,
    },
    {
      name: 'bodyFailsWhileStopping',
      what: 'a background service that fails while stopping',
      line: 'running',
      expected: 1,
    },
    { name: 'bodyHangs', what: 'a background service that outlives its limit', line: 'running', expected: 124 },
  ] as const) {
    kit.it('C70', `${what}: ${String(expected)}`, async () => {
      const program = kit.start(name);
      await program.line(line);
      const { status, stderr } = await program.endBy('SIGTERM');
      expect(status).toBe(expected);
      if (expected === 0) expect(stderr.includes('Error in')).toBe(['additionFails', 'reports'].includes(name)); // they are reported
    });
  }

  for (const { name, what, printed } of [
    { name: 'openIsCut', what: 'an open', printed: '' },
    {
      name: 'retriedOpenIsCut',
      what: 'the second attempt of an open',
      printed: 'Resource "db" did not open: refused; retrying in 0.0 s (2 of 5)',
    },
  ] as const) {
    kit.it('C29', `Ctrl-C during ${what} that rejects with the abort prints nothing, and the status is 0`, async () => {
      const program = kit.start(name);
      await program.line('opening');
      const { status, stderr } = await program.endBy('SIGINT');
      expect([status, stderr.trim()]).toEqual([0, printed]);
    });
  }
}
