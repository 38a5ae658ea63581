import type { ProcessKit } from './kit.ts';

/** `process.exit()` that somebody else calls: N22. */
export function exits(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('N22', 'process.exit(0) while stopping names what it cuts, and the status is 1', async () => {
    const { status, stderr } = await (await kit.running('exitsWhileStopping')).endBy('SIGTERM');
    expect([
      status,
      stderr.startsWith('the process exits while the reactor is stopping; cut: flush (during, '),
    ]).toEqual([1, true]);
  });

  kit.it('N22', 'process.exit() in a stop that has failed is no success either', async () => {
    const { status, stderr } = await (await kit.running('exitsAfterFailure')).endBy('SIGTERM');
    expect([status, stderr.includes('the process exits while the reactor is stopping')]).toEqual([1, true]);
  });

  for (const [given, status] of [
    ['0', 1],
    ['7', 7],
  ] as const) {
    kit.it('N22', `process.exit(${given}) while a service runs says so, and the status is ${status}`, async () => {
      const end = await kit.start('exitsAtAnyTime', { env: { STATUS: given } }).ended;
      expect([end.status, end.stderr.includes('while the reactor is running; its shutdown is not run.')]).toEqual([
        status,
        true,
      ]);
    });
  }

  kit.it('N22', 'process.exit() in a setup says so', async () => {
    const { status, stderr } = await kit.run('exitsInSetup');
    expect([status, stderr.includes('while the reactor is starting; cut: setup')]).toEqual([1, true]);
  });

  kit.it('N22', 'in runMain a status that is given before a stop stands', async () => {
    const { status, stderr } = await kit.run('exitsInMain');
    expect([status, stderr]).toEqual([0, '']);
  });

  kit.it('N22', 'in runMain it is not 0 while stopping', async () => {
    const { status, stderr } = await (await kit.running('exitsInMainWhileStopping')).endBy('SIGTERM');
    expect([status, stderr.includes('cut: flush (during')]).toEqual([1, true]);
  });

  kit.it('N22', 'of a bare reactor that runs it is the program’s own affair', async () => {
    const { status, stderr } = await kit.run('exitsWhileRunning');
    expect([status, stderr]).toEqual([0, '']);
  });
}
