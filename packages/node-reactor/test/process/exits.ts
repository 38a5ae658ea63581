import type { ProcessKit } from './kit.ts';

/** `process.exit()` while a reactor runs: N22. */
export function exits(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('N22', 'process.exit(0) while stopping names what it cuts, and the status is 1', async () => {
    const { status, stderr } = await (await kit.running('exitsWhileStopping')).endBy('SIGTERM');
    expect([
      status,
      stderr.startsWith('the process exits while the reactor is stopping; cut: flush (during, '),
    ]).toEqual([1, true]);
  });

  kit.it('N22', 'process.exit() in a stop that has failed ends with 1', async () => {
    const { status, stderr } = await (await kit.running('exitsAfterFailure')).endBy('SIGTERM');
    expect([status, stderr.includes('the process exits while the reactor is stopping')]).toEqual([1, true]);
  });

  for (const { given, status } of [
    { given: '0', status: 1 },
    { given: '7', status: 7 },
  ] as const) {
    kit.it(
      'N22',
      `process.exit(${given}) while a service runs prints that its shutdown is not run, and the status is ${status}`,
      async () => {
        const end = await kit.start('exitsAtAnyTime', { env: { STATUS: given } }).ended;
        expect([end.status, end.stderr.includes('while the reactor is running; its shutdown is not run.')]).toEqual([
          status,
          true,
        ]);
      },
    );
  }

  kit.it('N22', 'process.exit() in setup prints that it cuts setup', async () => {
    const { status, stderr } = await kit.run('exitsInSetup');
    expect([status, stderr.includes('while the reactor is starting; cut: setup')]).toEqual([1, true]);
  });

  kit.it('N22', 'process.exit(0) in runMain before a stop ends with 0 and prints nothing', async () => {
    const { status, stderr } = await kit.run('exitsInMain');
    expect([status, stderr]).toEqual([0, '']);
  });

  kit.it('N22', 'process.exit(0) in runMain while stopping names what it cuts, and the status is 1', async () => {
    const { status, stderr } = await (await kit.running('exitsInMainWhileStopping')).endBy('SIGTERM');
    expect([status, stderr.includes('cut: flush (during')]).toEqual([1, true]);
  });

  kit.it('N22', 'process.exit(0) while a reactor runs without runService ends with 0 and prints nothing', async () => {
    const { status, stderr } = await kit.run('exitsWhileRunning');
    expect([status, stderr]).toEqual([0, '']);
  });
}
