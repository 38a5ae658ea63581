import { describe, expect, it } from '@jest/globals';
import { addService, background, type ReactorBase, removeService, resource, restartService } from '@triphase/core';
import { ManualReactor } from '@triphase/testing';

/** A reactor, and what was reported and logged. */
function watched(): { reactor: ManualReactor; reported: unknown[]; logged: string[] } {
  const reported: unknown[] = [];
  const logged: string[] = [];
  const log = (line: string): void => {
    logged.push(line);
  };
  const reactor = new ManualReactor({
    onError: (error) => {
      reported.push(error);
    },
    logger: { info: log, warn: log, error: log },
  });
  return { reactor, reported, logged };
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : typeof error),
  );
}

describe('hostile errors and arguments', () => {
  it('C58: a body that rejects with undefined is reported, and its failure is in the result', async () => {
    const { reactor, reported } = watched();
    let reject: (error: unknown) => void = () => undefined;
    const body = (): Promise<void> =>
      new Promise((_resolve, rejectBody) => {
        reject = rejectBody;
      });
    reactor.use(background('worker', body));
    await reactor.start();
    reject(undefined);
    await reactor.advanceAsync(1);
    const result = await reactor.finish();
    expect(result.reason).toMatchObject({ kind: 'service-failed', service: 'worker' });
    expect(reported).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C72: so is a resource that is lost with undefined', async () => {
    const { reactor, reported } = watched();
    let lose: (error: unknown) => void = () => undefined;
    reactor.use(
      resource('db', ({ lost }) => {
        lose = lost;
      }),
    );
    await reactor.start();
    lose(undefined);
    await reactor.advanceAsync(1);
    const result = await reactor.finish();
    expect(reported).toEqual([undefined]);
    expect(result.errors).toHaveLength(1);
  });

  it('C60: a stop that cuts a restart ends, also when the start rejects with an error that cannot be read', async () => {
    const { reactor, reported } = watched();
    const hostile = {
      get cause(): unknown {
        throw new Error('no cause for you');
      },
    };
    let opened = 0;
    let reject: (error: unknown) => void = () => undefined;
    const open = (): unknown =>
      opened++ === 0
        ? 'db'
        : new Promise((_resolve, rejectOpen) => {
            reject = rejectOpen;
          });
    const db = reactor.use(resource('db', open));
    await reactor.start();
    const restarted = outcome(restartService(reactor, db));
    await reactor.advanceAsync(0);
    void reactor.stop();
    await reactor.advanceAsync(0);
    reject(hostile);
    await reactor.finish();
    expect(await restarted).toBe('object');
    expect(reported).toEqual([hostile]);
  });

  it('C57: work that rejects with such an error under a stop has failed with it', async () => {
    const { reactor, reported } = watched();
    const hostile = {
      get cause(): unknown {
        throw new Error('no cause for you');
      },
    };
    let reject: (error: unknown) => void = () => undefined;
    await reactor.start();
    reactor.waitUntil(
      new Promise((_resolve, rejectWork) => {
        reject = rejectWork;
      }),
    );
    void reactor.stop();
    await reactor.advanceAsync(0);
    reject(hostile);
    await reactor.finish();
    expect(reported).toEqual([hostile]);
  });

  it.each([
    { name: 'addService', change: addService, error: 'TypeError' },
    { name: 'removeService', change: removeService, error: 'ServiceGraphError' },
    { name: 'restartService', change: restartService, error: 'ServiceGraphError' },
  ] as const)('C63: $name rejects for what is no service, and does not throw', async ({ change, error }) => {
    const { reactor } = watched();
    await reactor.start();
    const ask = change as (app: ReactorBase, service: unknown) => Promise<unknown>; // as: callers without types
    for (const given of [null, undefined, 5, 'db', {}]) expect(await outcome(ask(reactor, given))).toBe(error);
    const hostile = {
      get name(): string {
        throw new RangeError('no name for you');
      },
    };
    const expected = change === addService ? 'RangeError' : ['RangeError', 'ServiceGraphError'];
    expect([expected].flat()).toContain(await outcome(ask(reactor, hostile)));
    await reactor.finish();
  });
});
