import type { ProcessKit } from './kit.ts';

/** Work that is in flight when a stop begins: C57, C62, C68, N9, N11. */
export function work(kit: ProcessKit): void {
  const { expect } = kit;

  kit.it('C68', 'a stop waits for the run of every() that is under way: the database closes after it', async () => {
    const { status, lines, stderr } = await (await kit.running('runUnderWay')).endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['running', 'db is used', 'db closes', 'over: signal'], '']);
  });

  kit.it('C68', 'with hold: false a stop does not wait for the run: the database closes first', async () => {
    const { lines } = await (await kit.running('runNotWaitedFor')).endBy('SIGTERM');
    expect(lines).toEqual(['running', 'db closes', 'over: signal']);
  });

  kit.it('C68', 'a run that rejects with the abort of app.signal has not failed, and nothing is printed', async () => {
    const { status, lines, stderr } = await (await kit.running('runIsToldToStop')).endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['running', 'db closes', 'over: signal'], '']);
  });

  kit.it('C68', 'a run that fails during the stop is named once, and the status is 1', async () => {
    const program = await kit.running('runFails');
    program.signal('SIGTERM');
    await program.line('still waiting for: transfer (before, ');
    const { status, lines, stderr } = await program.endBy('SIGUSR2');
    expect([status, lines]).toEqual([1, ['running', 'db closes', 'over: signal']]);
    expect(stderr.split('"transfer" (shutdown, before)').length).toBe(2);
    expect(stderr.split('Error: disk full').length).toBe(2);
  });

  kit.it(
    'C57',
    'work that hangs is named and abandoned at the limit, the next phases run, and the status is 124',
    async () => {
      const { status, lines, stderr } = await (await kit.running('workHangs')).endBy('SIGTERM');
      expect([status, lines]).toEqual([124, ['running', 'during', 'over: signal', 'exit event 124']]);
      expect(stderr.includes('"save" (shutdown, before)')).toBe(true);
    },
  );

  kit.it('C62', 'a gate lets work end before the database closes', async () => {
    const { status, lines, stderr } = await (await kit.running('gateFinishes')).endBy('SIGTERM');
    expect([status, lines, stderr]).toEqual([0, ['running', 'db is used', 'db closes', 'over: signal'], '']);
  });

  kit.it('C62', 'after work that a gate has given back the status is 0', async () => {
    const { status, lines, stderr } = await (await kit.running('gateGivesBack')).endBy('SIGTERM');
    const given = 'given back while db is open';
    expect([status, lines, stderr]).toEqual([0, ['running', given, 'db closes', 'over: signal'], '']);
  });

  kit.it('C62', 'a stop that waits for a gate prints how much work it waits for', async () => {
    const program = await kit.running('gateWorkNeverEnds');
    program.signal('SIGTERM');
    expect(await program.line('still waiting for: ')).toBe('still waiting for: jobs (1 running, 0 waiting)');
    await new Promise((resolve) => setTimeout(resolve, 300)); // a repeat within 200 ms would be dropped (N5)
    const { status } = await program.endBy('SIGTERM');
    expect(status).toBe(143);
  });

  kit.it('N9', 'a stop that waits for work prints its name', async () => {
    const program = await kit.running('workLasts');
    program.signal('SIGTERM');
    const line = await program.line('still waiting for: ');
    expect(/^still waiting for: save \(before, \d\.\d s\)$/.test(line)).toBe(true);
    const { status } = await program.endBy('SIGUSR2');
    expect(status).toBe(0);
  });
}
