import type { ProcessKit } from './kit.ts';

/** `fail()`, `report()` and work that fails, with the exit status: C57, C64. */
export function fails(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('C64', 'fail() stops in order, is printed once, and the process ends with status 1', async () => {
    const { status, lines, stderr } = await kit.run('failsWhileRunning');
    expect([status, lines]).toEqual([1, ['db closes', 'over: failed, The program failed: worker lost']]);
    expect(stderr.split('worker lost').length).toBe(2);
  });

  kit.it('C64', 'fail() while stopping: the status is 1, not 0', async () => {
    const { status, lines, stderr } = await (await kit.running('failsWhileStopping')).endBy('SIGTERM');
    expect([status, lines]).toEqual([1, ['running', 'over: signal', 'exit event 1']]);
    expect(stderr.split('flush failed').length).toBe(2);
  });

  kit.it('C64', 'fail() while starting: the start is cut, and the status is 1', async () => {
    const { status, lines } = await kit.run('failsWhileStarting');
    expect([status, lines]).toEqual([1, ['over: failed', 'exit event 1']]);
  });

  kit.it('C64', 'fail() in main: the status is 1, and main goes on to its end', async () => {
    const { status, lines, stderr } = await kit.run('failsInMain');
    expect([status, lines]).toEqual([1, ['main ends']]);
    expect(stderr.split('bad input').length).toBe(2);
  });

  kit.it('C64', 'report() stops nothing, and the status stays 0', async () => {
    const { status, stderr } = await (await kit.running('reports')).endBy('SIGTERM');
    expect(status).toBe(0);
    expect(stderr.startsWith('Error in call "queue":\nError: one lost message')).toBe(true);
  });

  kit.it('C57', 'work that failed before the stop is printed, and the status is 0', async () => {
    const { status, stderr } = await (await kit.running('workFailsFirst')).endBy('SIGTERM');
    expect(status).toBe(0);
    expect(stderr.startsWith('Error in work "save":\nError: disk full')).toBe(true);
  });

  kit.it('C57', 'work that fails while the stop waits for it is printed once, and the status is 1', async () => {
    const program = await kit.running('workFailsLate');
    program.signal('SIGTERM');
    await program.line('still waiting for: save (before, ');
    const { status, stderr } = await program.endBy('SIGUSR2');
    expect(status).toBe(1);
    expect(stderr.split('Error: disk full').length).toBe(2);
  });
}
