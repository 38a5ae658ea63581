import { describe, expect, it } from '@jest/globals';
import { removeService, resource, ResourceClosedError, type Resource } from '@triphase/core';
import { LiveServices } from './live-services.ts';

/** What `value` throws, or its value. */
function read(db: Resource<unknown>): unknown {
  try {
    return db.value;
  } catch (error) {
    if (!(error instanceof ResourceClosedError)) throw error;
    return error.message;
  }
}

const make = (options: { readonly foundation?: boolean } = {}): Resource<string> =>
  resource('db', () => 'open', undefined, options);

describe('C52: the value of a resource that is not open says why, and what to do', () => {
  it('where no reactor uses it', () => {
    expect(read(make())).toBe('Resource "db" is not open: pass it to use() first');
  });

  it('before its start, where no service needs it', () => {
    const live = new LiveServices();
    const db = live.reactor.use(make());
    expect(read(db)).toBe('Resource "db" is not open yet: name it in the needs of what reads it');
  });

  it.each([
    { foundation: false, phase: 'during' },
    { foundation: true, phase: 'before' },
  ])('before its start, where a service needs it (foundation: $foundation)', async ({ foundation, phase }) => {
    const live = new LiveServices();
    const db = live.reactor.use(make({ foundation }));
    const seen: unknown[] = [];
    live.reactor.use({
      name: 'web',
      needs: [db],
      attach: () => void seen.push(read(db)),
      startup: { [phase]: () => void seen.push(read(db)) },
    });
    await live.start();
    expect(seen).toEqual([`Resource "db" is not open yet: read its value in "${phase}" of startup or later`, 'open']);
    live.reactor.crash();
  });

  it('after its stop, where no service needs it', async () => {
    const live = new LiveServices();
    const db = live.reactor.use(make());
    await live.start();
    live.reactor.escalate();
    expect(read(db)).toBe('Resource "db" has closed: name it in the needs of what reads it');
  });

  it('after its stop, where a service needs it', async () => {
    const live = new LiveServices();
    const db = live.reactor.use(make());
    const seen: unknown[] = [];
    const see = (): void => void seen.push(read(db));
    live.reactor.use({ name: 'web', needs: [db], shutdown: { during: see, after: see } });
    await live.start();
    live.reactor.escalate();
    expect(seen).toEqual([
      'open',
      'Resource "db" has closed: read its value before the services that need it have stopped',
    ]);
  });

  it('after its removal, and after it is used again', async () => {
    const live = new LiveServices();
    const db = live.reactor.use(make());
    await live.start();
    const removed = removeService(live.reactor, db);
    await live.rest();
    await removed;
    expect(read(db)).toBe('Resource "db" was removed: read its value before that, or add it again');
    live.reactor.crash();
    live.reactor.use(db);
    expect(read(db)).toMatch(/^Resource "db" is not open yet: name it/);
  });

  it('where the start failed before it', async () => {
    const live = new LiveServices();
    const config = live.use('config');
    live.failing.set('+config', new Error('no file'));
    const db = live.reactor.use(resource('db', () => 'open', undefined, { needs: [config] }));
    await live.start();
    expect(live.reactor.state).toBe('stopped');
    expect(read(db)).toBe('Resource "db" did not open before the stop: read its value after its start');
  });
});
