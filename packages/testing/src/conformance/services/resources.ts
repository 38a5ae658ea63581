import { resource } from '@triphase/core';
import { deferred } from '../deferred.ts';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { failedStart, start } from '../running.ts';
import { codeOf, codeThrownBy, rejectionOf } from '../thrown.ts';
import { settle } from '../time.ts';
import { rejects, throws } from '../trigger-results.ts';

/** Resources: services that are opened, used and closed. C52 */
export function resources(kit: Kit): void {
  const { expect } = kit;

  kit.it(
    'C52',
    'a resource is opened in during startup, closed in during shutdown, and has its value in between',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const connection = { id: 7 };
      const db = reactor.use(
        resource(
          'db',
          async ({ event, phase, name }) => {
            await settle();
            journal.entries.push(`${name} opens in ${phase} ${String(event)}`);
            return connection;
          },
          async (value, { phase, detail }) => {
            await settle();
            journal.entries.push(`${value.id} closes in ${phase} shutdown for ${detail.kind}`);
          },
        ),
      );
      const look = (): void => void journal.entries.push(`value ${db.value.id}`);
      reactor.on('startup', { after: look });
      reactor.on('shutdown', { before: look });
      await start(reactor);
      expect(db.value).toBe(connection);
      await reactor.stop({ kind: 'done' });
      expect(journal.entries).toEqual([
        'db opens in during startup',
        'value 7',
        'value 7',
        '7 closes in during shutdown for done',
      ]);
    },
  );

  kit.it('C52', 'reading the value of a resource that is not open throws ResourceClosedError', async () => {
    const reactor = kit.create();
    const opening = deferred<string>();
    const called = deferred();
    const db = reactor.use(
      resource('db', () => {
        called.resolve();
        return opening.promise;
      }),
    );
    const code = (): string => codeThrownBy(() => db.value);
    expect(code()).toBe('ERR_TRIPHASE_RESOURCE_CLOSED');
    const ended = reactor.run();
    await called.promise;
    expect(code()).toBe('ERR_TRIPHASE_RESOURCE_CLOSED');
    opening.resolve('open');
    await settle();
    expect(db.value).toBe('open');
    const codes: string[] = [];
    reactor.on('shutdown', { before: () => codes.push(db.value), after: () => codes.push(code()) });
    await reactor.stop();
    await ended;
    expect([...codes, code()]).toEqual(['open', 'ERR_TRIPHASE_RESOURCE_CLOSED', 'ERR_TRIPHASE_RESOURCE_CLOSED']);
  });

  kit.it('C52', 'the value of a resource may be anything, also undefined', async () => {
    for (const value of [undefined, null, 0, '', false]) {
      const reactor = kit.create();
      const closed: unknown[] = [];
      const any = reactor.use(
        resource(
          'any',
          () => value,
          (last) => closed.push(last),
        ),
      );
      await start(reactor);
      await settle();
      expect(any.value).toBe(value);
      await reactor.stop();
      expect(closed).toEqual([value]);
    }
  });

  kit.it('C52', 'a resource that fails to open ends the start and is not closed', async () => {
    for (const fails of [throws, rejects]) {
      const reactor = kit.create({ onError: () => undefined });
      const db = reactor.use(resource('db', fails('refused'), mustNotRun));
      const error = await failedStart(reactor);
      expect([error.result.reason.cause, error.result.errors.length]).toEqual(['refused', 1]);
      expect(codeThrownBy(() => db.value)).toBe('ERR_TRIPHASE_RESOURCE_CLOSED');
    }
  });

  kit.it('C52', 'a resource that fails to close is reported, and counts as closed', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const db = reactor.use(resource('db', () => 7, rejects('stuck')));
    await start(reactor);
    const { errors } = await reactor.stop();
    expect(errors.map(({ cause }) => cause)).toEqual(['stuck']);
    expect(codeThrownBy(() => db.value)).toBe('ERR_TRIPHASE_RESOURCE_CLOSED');
  });

  kit.it('C52', 'a resource can use the value of its need, both to open and to close', async () => {
    const reactor = kit.create();
    const journal = new Journal();
    const pool = reactor.use(
      resource(
        'pool',
        () => Promise.resolve('pool'),
        () => journal.entries.push('pool closes'),
      ),
    );
    reactor.use(
      resource(
        'cache',
        () => journal.entries.push(`cache opens on ${pool.value}`),
        async () => {
          await settle();
          journal.entries.push(`cache closes on ${pool.value}`);
        },
        { needs: [pool] },
      ),
    );
    await start(reactor);
    await settle();
    await reactor.stop();
    expect(journal.entries).toEqual(['cache opens on pool', 'cache closes on pool', 'pool closes']);
  });

  kit.it('C52', 'a resource that exceeds its timeout when opening ends the start, and its signal aborts', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const aborted: boolean[] = [];
    reactor.use(
      resource(
        'db',
        ({ signal }) => {
          signal.addEventListener('abort', () => aborted.push(signal.aborted));
          return deferred().promise;
        },
        mustNotRun,
        { timeout: 20 },
      ),
    );
    const error = await failedStart(reactor);
    expect(codeOf(error.result.reason.cause)).toBe('ERR_TRIPHASE_TRIGGER_TIMEOUT');
    expect(aborted).toEqual([true]);
  });

  kit.it('C52', 'a resource that opens after its timeout has no value', async () => {
    const reactor = kit.create({ onError: () => undefined });
    const opening = deferred<string>();
    const db = reactor.use(resource('db', () => opening.promise, mustNotRun, { timeout: 20 }));
    await rejectionOf(reactor.run());
    opening.resolve('too late');
    await settle();
    expect(codeThrownBy(() => db.value)).toBe('ERR_TRIPHASE_RESOURCE_CLOSED');
  });

  kit.it('C52', 'resource() throws a TypeError for an open or close that is not a function', () => {
    expect(() => resource('db', undefined as unknown as () => 1)).toThrow(TypeError);
    expect(() => resource('db', () => 1, 7 as unknown as () => 1)).toThrow(TypeError);
  });

  kit.it('C52', 'resource() throws for an unknown option and names the nearest known one', () => {
    const options = { need: [] } as { readonly needs?: [] }; // as: callers without types
    expect(() => resource('db', () => 1, undefined, options)).toThrow('did you mean "needs"?');
  });
}
