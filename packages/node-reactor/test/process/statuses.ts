import type { ProcessKit } from './kit.ts';

/** The rows of docs/exit-codes.md that are about services: C70. */
export function statuses(kit: ProcessKit): void {
  const { expect } = kit;

  // By itself: the program, its status, what it prints, what it must not print.
  for (const [name, what, printed, once] of [
    ['bodyFails', 'a background service failed (C58)', 'Error in service "worker"', 'no 1'],
    [
      'bodyFailsBeforeItsFirstAwait',
      'a background service failed to start (C58)',
      'Error in service "worker" (startup',
      'Error: no',
    ],
    ['bodyEnds', 'a background service ended by itself (C58)', 'ended by itself', 'ended by itself'],
    ['bodyGivesUp', 'a background service gave up (C59)', 'restarting in 0.0 s (3 of 3)', 'no 3'],
    [
      'bodyEndsTooOften',
      'a background service ended too often (C58, C59)',
      'restarting in 0.0 s (3 of 3)',
      'ended by itself',
    ],
    ['resourceLost', 'a resource was lost (C72)', 'Error in service "db"', 'connection reset'],
    ['restartFails', 'a service did not start again in a restart (C60)', 'Error in service "db"', 'refused'],
    ['restartOutlivesItsLimit', 'a service outlived its limit in a restart (C60)', 'timed out', ''],
    ['failsWhileRunning', 'the program failed: fail() (C64)', 'worker lost', 'worker lost'],
    ['failsWhileStarting', 'fail() while starting (C64)', 'no licence', 'no licence'],
    ['failsInMain', 'fail() in main (C64)', 'bad input', 'bad input'],
    ['resourceNeverOpens', 'a resource was not opened by the last attempt (C71)', 'retrying in 0.0 s (3 of 3)', ''],
  ] as const) {
    kit.it('C70', `${what}: 1`, async () => {
      const { status, stderr } = await kit.run(name);
      expect([status, stderr.includes(printed)]).toEqual([1, true]);
      if (once !== '') expect(stderr.split(once).length - 1).toBe(1);
    });
  }

  for (const [name, statement, what] of [
    ['restartOutlivesItsLimit', 'C60', 'a service that outlives its limit in a restart is never started beside itself'],
    ['restartFails', 'C60', 'a service that does not start again in a restart'],
    ['resourceLost', 'C72', 'a resource that is lost'],
  ] as const) {
    kit.it(statement, `${what}: the program stops with service-failed, status 1`, async () => {
      const { status, lines } = await kit.run(name);
      expect([status, lines]).toEqual([1, ['over: service-failed db']]);
    });
  }

  // By SIGTERM, after it has printed a line.
  for (const [name, what, line, expected] of [
    ['bodyStops', 'a background service that ends when it is told', 'running', 0],
    ['bodyRejectsWithItsReason', 'one that rejects with the reason of the stop', 'running', 0],
    ['bodyEndsAndMay', 'one that has ended, with onEnd: ignore', 'ended', 0],
    ['bodyRecovers', 'one that has failed and was restarted', 'recovered', 0],
    ['resourceOpensLate', 'a resource that was opened by a later attempt', 'running', 0],
    ['openIsCut', 'resources whose start was cut, and ended as told', 'opening', 0],
    ['openFailsAsItIsCut', 'a resource whose start was cut, and failed', 'opening', 1],
    ['resourceLostAndOpenAgain', 'a resource that was lost and is open again', 'open again', 0],
    ['additionFails', 'a service that was added did not start (C63)', 'goes on', 0],
    ['gateGivesBack', 'work in a gate that was given back (C62)', 'running', 0],
    ['reports', 'an error that was reported (C64)', 'running', 0],
    ['gateCannotGiveBack', 'work in a gate that could not be given back (C62)', 'running', 1],
    ['gateWorkHangs', 'work in a gate that outlives its limit (C62)', 'running', 124],
    ['failsWhileStopping', 'fail() while stopping (C64)', 'running', 1],
    ['bodyFailsAndMay', 'one that has failed, with onFailure: ignore', 'goes on', 1],
    ['bodyGivesUpAndMay', 'one that gave up, with onFailure: ignore', 'given up', 1],
    ['bodyFailsWhileStopping', 'one that fails while stopping', 'running', 1],
    ['bodyHangs', 'one that outlives its limit', 'running', 124],
  ] as const) {
    kit.it('C70', `${what}: ${String(expected)}`, async () => {
      const program = kit.start(name);
      await program.line(line);
      const { status, stderr } = await program.endBy('SIGTERM');
      expect(status).toBe(expected);
      if (expected === 0) expect(stderr.includes('Error in')).toBe(['additionFails', 'reports'].includes(name)); // they are reported
    });
  }

  kit.it(
    'C29',
    'Ctrl-C while services start: what ends as it is told prints nothing, and the status is 0',
    async () => {
      for (const [name, printed] of [
        ['openIsCut', ''],
        ['retriedOpenIsCut', 'Resource "db" did not open: refused; retrying in 0.0 s (2 of 5)'],
      ] as const) {
        const program = kit.start(name);
        await program.line('opening');
        const { status, stderr } = await program.endBy('SIGINT');
        expect([status, stderr.trim()]).toEqual([0, printed]);
      }
    },
  );
}
