import { describe, expect, it } from '@jest/globals';
import { type OpenContext, resource, restartService, sleep } from '@triphase/core';
import { refused, openThen } from './cut-opens.ts';
import { create, EXACT } from './service-bench.ts';

describe('reading the value of a resource', () => {
  it('C72: throws that it was lost, the error, and the time and number of the next attempt', async () => {
    const { reactor } = create();
    const contexts: OpenContext[] = [];
    const again = async (): Promise<string> => {
      await sleep(reactor, 10);
      if (contexts.length < 3) throw refused;
      return 'open again';
    };
    const db = reactor.use(resource('db', openThen(contexts, again), undefined, { restart: EXACT }));
    expect(() => db.value).toThrow('Resource "db" is not open yet: name it in the needs');
    await reactor.start();
    const said: string[] = [];
    const say = (): void => {
      try {
        said.push(String(db.value));
      } catch (error) {
        said.push((error as Error).message);
      }
    };
    contexts[0]?.lost(new Error('reset'));
    for (const ms of [0, 105, 10, 200, 10]) {
      await reactor.advanceAsync(ms);
      say();
    }
    expect(said).toEqual([
      'Resource "db" was lost (reset); restarting in 0.1 s (2 of 5): read its value when it is open',
      'Resource "db" was lost (reset); it is being opened again (2 of 5): read its value when it is open',
      'Resource "db" did not open (refused); restarting in 0.2 s (3 of 5): read its value when it is open',
      'Resource "db" did not open (refused); it is being opened again (3 of 5): read its value when it is open',
      'open again',
    ]);
    await reactor.finish();
    expect(() => db.value).toThrow('Resource "db" has closed: name it in the needs');
  });

  it('C60: throws that it is being restarted', async () => {
    const { reactor } = create();
    const db = reactor.use(
      resource(
        'db',
        openThen([], () => sleep(reactor, 10)),
      ),
    );
    await reactor.start();
    const restarted = restartService(reactor, db);
    await reactor.advanceAsync(5);
    expect(() => db.value).toThrow('Resource "db" is closed for a restart; it is being opened again: read its value');
    await reactor.advanceAsync(5);
    await restarted;
    expect(db.value).toBeUndefined();
    await reactor.finish();
  });

  it('C71: throws that it did not open yet, and the number of the current attempt', async () => {
    const { reactor } = create();
    let calls = 0;
    const open = async (): Promise<void> => {
      if (++calls === 1) throw refused;
      await sleep(reactor, 10);
    };
    const db = reactor.use(resource('db', open, undefined, { retry: { ...EXACT, giveUpAfter: Infinity } }));
    void reactor.run();
    await reactor.advanceAsync(0);
    expect(() => db.value).toThrow('Resource "db" did not open (refused); retrying in 0.1 s (2): read its value');
    await reactor.advanceAsync(105);
    expect(() => db.value).toThrow('Resource "db" did not open (refused); it is being opened again (2): read');
    await reactor.finish();
  });

  it('C72: throws that it is not opened again', async () => {
    const { reactor } = create();
    const contexts: OpenContext[] = [];
    const db = reactor.use(
      resource(
        'db',
        openThen(contexts, () => 1),
        undefined,
        { onFailure: 'ignore' },
      ),
    );
    await reactor.start();
    contexts[0]?.lost(new Error('reset'));
    expect(() => db.value).toThrow(`Resource "db" was lost (reset); it isn't opened again: read its value`);
    await reactor.finish();
  });
});
