import { asyncDisposeOf } from '../dispose.ts';
import { ignore } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { start } from '../running.ts';
import { codeOf, rejectionOf } from '../thrown.ts';
import { throws } from '../trigger-results.ts';

/** `await using`: C33. */
export function disposing(kit: Kit): void {
  const { expect } = kit;

  kit.it('C33', 'await using stops a running reactor and waits for the end of the run', async () => {
    const reactor = kit.create();
    const { ended } = await start(reactor);
    await asyncDisposeOf(reactor);
    expect(reactor.state).toBe('stopped');
    expect((await ended).reason).toEqual({ kind: 'dispose' });
  });

  kit.it(
    'C33',
    'await using does nothing to a reactor that is idle or stopped, and waits for one that is stopping',
    async () => {
      const idle = kit.create();
      await asyncDisposeOf(idle);
      expect(idle.state).toBe('idle');
      const reactor = kit.create();
      await start(reactor);
      const ended = reactor.stop();
      await asyncDisposeOf(reactor);
      expect(reactor.state).toBe('stopped');
      await asyncDisposeOf(reactor);
      expect((await ended).reason).toEqual({ kind: 'stop' });
    },
  );

  kit.it('C33', 'await using does not reject when the start fails', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const journal = new Journal();
    const pending = journal.pends('before');
    reactor.on('startup', { before: pending.trigger });
    const ended = reactor.run();
    await pending.called;
    pending.reject('failed');
    await asyncDisposeOf(reactor);
    expect(reactor.state).toBe('stopped');
    await ended.catch(ignore);
  });

  kit.it('C33', 'await using does not reject in the shutdown after a failed start', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const pending = new Journal().pends('shutdown');
    reactor.on('startup', { before: throws('failed') });
    reactor.on('shutdown', pending.trigger);
    const rejected = rejectionOf(reactor.run());
    await pending.called;
    const disposed = asyncDisposeOf(reactor);
    pending.resolve();
    await disposed;
    expect(reactor.state).toBe('stopped');
    expect(codeOf(await rejected)).toBe('ERR_TRIPHASE_STARTUP_FAILED');
  });
}
