import { describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import { NodeReactor } from '@triphase/node-reactor';

const storage: AsyncLocalStorage<string> = new AsyncLocalStorage();
const never = (): Promise<never> => new Promise(() => undefined);

describe('N3: the async context of a firing that goes on after a limit, or after a thenable of other code', () => {
  /** Fires `job` in the context `caller`. Gives the context of its last phase. */
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

  it('after the limit of a phase it goes on in the context of the code that fired', async () => {
    expect(await firedBy(never, { during: 5 })).toBe('caller');
  });

  it('after the timeout of a trigger it goes on in that context, too', async () => {
    expect(await firedBy(never, {}, 5)).toBe('caller');
  });

  it('after its deadline it goes on in that context, too', async () => {
    expect(await firedBy(never, { deadline: 5 })).toBe('caller');
  });

  it('after a thenable that is settled in another context it goes on in that context, too', async () => {
    const settles = (): unknown => ({
      then: (fulfil: () => void) => void storage.run('other', () => setTimeout(fulfil, 1)),
    });
    expect(await firedBy(settles, {})).toBe('caller');
  });

  it('a firing with whenFiring: again runs in the context of the code that asked for it', async () => {
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
    storage.run('other', settle);
    await first;
    await Promise.resolve().then(() => undefined);
    storage.run('other', settle);
    await second;
    expect(seen).toEqual(['first', 'second']);
  });

  it('shutdown that is escalated in another context runs in the context of run()', async () => {
    const reactor = new NodeReactor({ signals: false });
    const seen: (string | undefined)[] = [];
    const see = (): unknown => seen.push(storage.getStore());
    const begun: Promise<void> = new Promise((resolve) => {
      const hang = (): Promise<never> => {
        resolve();
        return never();
      };
      reactor.on('shutdown', { before: hang, during: see, after: see });
    });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('other', () => {
      void reactor.stop();
    });
    await begun;
    storage.run('other', () => {
      reactor.escalate();
    });
    await run;
    expect(seen).toEqual(['run', 'run']);
  });

  it('shutdown that is escalated in another context before it was fired runs in the context of run(), too', async () => {
    const reactor = new NodeReactor({ signals: false });
    const seen: (string | undefined)[] = [];
    const see = (): unknown => seen.push(storage.getStore());
    reactor.on('shutdown', { before: see, during: see, after: see });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('other', () => {
      reactor.escalate();
    });
    await run;
    expect(seen).toEqual(['run', 'run', 'run']);
  });

  it('after a limit shutdown goes on in the context of run()', async () => {
    const reactor = new NodeReactor({
      signals: false,
      onError: () => undefined,
      limits: { shutdown: { before: 5 } },
    });
    let seen: string | undefined = 'nothing';
    reactor.on('shutdown', { before: never, during: () => (seen = storage.getStore()) });
    const run = storage.run('run', () => reactor.run());
    await reactor.startupReport;
    storage.run('other', () => void reactor.stop());
    await run;
    expect(seen).toBe('run');
  });
});

it('N3: a service that waited for another one starts in the context of run(), also if that one is settled in another context', async () => {
  const reactor = new NodeReactor({ signals: false });
  let settle = (): void => undefined;
  const thenable = { then: (fulfil: () => void) => void (settle = fulfil) };
  const db = reactor.use({ name: 'db', startup: { during: () => thenable } });
  let seen: string | undefined = 'nothing';
  reactor.use({ name: 'web', needs: [db], startup: { during: () => void (seen = storage.getStore()) } });
  const run = storage.run('run', () => reactor.run());
  storage.run('other', settle);
  await reactor.startupReport;
  await reactor.stop();
  await run;
  expect(seen).toBe('run');
});
