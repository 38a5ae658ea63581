import { describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { NodeReactor } from '@triphase/node-reactor';

const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();
const never = (): Promise<never> => new Promise(() => undefined);

describe('N3: the async context of a firing that goes on from somewhere else', () => {
  /** Fires `job` in the context `caller`; what its last phase sees. */
  async function firedBy(
    hang: () => unknown,
    limits: { readonly during?: number; readonly deadline?: number },
    timeout?: number,
  ): Promise<string | undefined> {
    const reactor = new NodeReactor({ signals: false, onError: () => undefined });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    let seen: string | undefined = 'nothing';
    reactor.once('job', { during: hang }, timeout === undefined ? {} : { timeout });
    reactor.once('job', { after: () => (seen = storage.getStore()) });
    await storage.run('caller', () => reactor.fire('job', undefined, { limits }));
    await reactor.stop();
    await run;
    return seen;
  }

  it('after the limit of a phase it runs on in the context of whoever fired', async () => {
    expect(await firedBy(never, { during: 5 })).toBe('caller');
  });

  it('after the timeout of a trigger too', async () => {
    expect(await firedBy(never, {}, 5)).toBe('caller');
  });

  it('after its deadline too', async () => {
    expect(await firedBy(never, { deadline: 5 })).toBe('caller');
  });

  it('after a thenable that a stranger settles too', async () => {
    const settles = (): unknown => ({
      then: (fulfil: () => void) => void storage.run('stranger', () => setTimeout(fulfil, 1)),
    });
    expect(await firedBy(settles, {})).toBe('caller');
  });

  it('one that was asked for with again runs in the context of whoever asked', async () => {
    const reactor = new NodeReactor({ signals: false });
    const seen: (string | undefined)[] = [];
    let settle = (): void => undefined;
    reactor.on('job', () => {
      seen.push(storage.getStore());
      return new Promise<void>((resolve) => {
        settle = resolve;
      });
    });
    const first = storage.run('first', () => reactor.fire('job'));
    const second = storage.run('second', () => reactor.fire('job', undefined, { whenFiring: 'again' }));
    storage.run('stranger', settle);
    await first;
    await Promise.resolve().then(() => undefined);
    storage.run('stranger', settle);
    await second;
    expect(seen).toEqual(['first', 'second']);
  });

  it('shutdown that a stranger escalates runs in the context of run()', async () => {
    const reactor = new NodeReactor({ signals: false });
    const seen: (string | undefined)[] = [];
    const see = (): unknown => seen.push(storage.getStore());
    reactor.on('shutdown', { before: never, during: see, after: see });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('stranger', () => {
      void reactor.stop();
    });
    await new Promise((resolve) => setTimeout(resolve, 20)); // the turn in which shutdown fires
    storage.run('stranger', () => {
      reactor.escalate();
    });
    await run;
    expect(seen).toEqual(['run', 'run']);
  });

  it('shutdown that a stranger escalates before it was fired too', async () => {
    const reactor = new NodeReactor({ signals: false });
    const seen: (string | undefined)[] = [];
    const see = (): unknown => seen.push(storage.getStore());
    reactor.on('shutdown', { before: see, during: see, after: see });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('stranger', () => {
      reactor.escalate();
    });
    await run;
    expect(seen).toEqual(['run', 'run', 'run']);
  });

  it('shutdown goes on in the context of run() after a limit too', async () => {
    const reactor = new NodeReactor({
      signals: false,
      onError: () => undefined,
      limits: { shutdown: { before: 5 } },
    });
    let seen: string | undefined = 'nothing';
    reactor.on('shutdown', { before: never, during: () => (seen = storage.getStore()) });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('stranger', () => void reactor.stop());
    await run;
    expect(seen).toBe('run');
  });
});

it('N3: a service that waited for another one starts in the context of run(), whoever settles what it waited for', async () => {
  const reactor = new NodeReactor({ signals: false });
  let settle = (): void => undefined;
  const thenable = { then: (fulfil: () => void) => void (settle = fulfil) };
  const db = reactor.use({ name: 'db', startup: { during: () => thenable } });
  let seen: string | undefined = 'nothing';
  reactor.use({ name: 'web', needs: [db], startup: { during: () => void (seen = storage.getStore()) } });
  const run = storage.run('run', () => reactor.run());
  storage.run('stranger', settle);
  await reactor.startupReport;
  await reactor.stop();
  await run;
  expect(seen).toBe('run');
});
