import type { ProcessKit } from './kit.ts';

/** What reactors of one process share: N6. */
export function shared(kit: ProcessKit): void {
  const { expect } = kit;

  for (const { name, what } of [
    { name: 'twoReactors', what: 'two reactors' },
    { name: 'twoCopies', what: 'two copies of the package' },
  ] as const) {
    kit.it('N6', `${what} share one listener, and the first to end does not cut the other's work`, async () => {
      const program = await kit.running(name);
      program.signal('SIGTERM');
      await program.line('first is over');
      const { status, lines } = await program.endBy('SIGUSR2');
      expect(status).toBe(0);
      expect(lines.filter((line) => line !== 'same class: false')).toEqual([
        'listeners: 1',
        'running',
        'first stops',
        'first is over',
        'second has finished its work',
        'second is over',
      ]);
      expect(lines.includes('same class: false')).toBe(name === 'twoCopies');
    });
  }

  kit.it('N26', 'thirty reactors, and many listeners on the AbortSignals of a reactor, print no warning', async () => {
    const { status, lines, stderr } = await (await kit.running('manyListeners')).endBy('SIGTERM');
    expect(stderr).toBe('');
    expect([status, lines]).toEqual([0, ['more than one listener: nowhere', 'listeners: 1', 'running', 'over']]);
  });

  kit.it('N6', 'the end of another reactor does not cut a reactor with signals: false', async () => {
    const { status, lines } = await (await kit.running('oneDeaf')).endBy('SIGTERM');
    expect([status, lines]).toEqual([0, ['running', 'the other is over', 'the deaf one is over']]);
  });

  kit.it('N6', 'the worst status of all reactors is the status of the process', async () => {
    const { status } = await (await kit.running('worstStatus')).endBy('SIGTERM');
    expect(status).toBe(1);
  });
}
