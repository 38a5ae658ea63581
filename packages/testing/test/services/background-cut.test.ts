import { describe, expect, it } from '@jest/globals';
import { background, type BackgroundContext, sleep, TriggerTimeoutError } from '@triphase/core';
import { causes, create, noop, notingService } from './service-bench.ts';

describe('a background that is cut', () => {
  it('C58: at the limit of the phase a background that hangs is cut and abandoned', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    const log: string[] = [];
    const db = reactor.use(notingService(log, 'db'));
    reactor.use(
      background(
        'worker',
        ({ signal, cut }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => log.push(`told at ${String(reactor.now())}`));
            cut.addEventListener('abort', () => log.push(`cut at ${String(reactor.now())}`));
          }),
        { needs: [db] },
      ),
    );
    await reactor.start();
    const result = await reactor.finish();
    expect(log).toEqual(['db starts', 'told at 0', 'db before', 'cut at 1000', 'db stops']);
    expect(errors).toEqual([expect.any(TriggerTimeoutError)]);
    expect(result.shutdown?.abandoned).toMatchObject([{ kind: 'service', name: 'worker' }]);
  });

  it('C58: at its timeout a background is cut', async () => {
    const { reactor } = create();
    let cutAt = NaN;
    reactor.use(
      background(
        'worker',
        ({ cut }) =>
          new Promise(() => {
            cut.addEventListener('abort', () => {
              cutAt = reactor.now();
            });
          }),
        { timeout: 200 },
      ),
    );
    await reactor.start();
    await reactor.finish();
    expect(cutAt).toBe(200);
  });

  it('C58: a background that rejects because it was cut causes no second error', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    reactor.use(
      background('worker', async ({ cut }) => {
        await new Promise((_, reject) => {
          cut.addEventListener('abort', () => {
            reject(cut.reason as Error);
          });
        });
      }),
    );
    reactor.on('shutdown', { after: () => sleep(reactor, 10) });
    await reactor.start();
    await reactor.finish();
    expect(errors.length).toBe(1);
  });

  it('C58: another error of a background that was cut is reported and in the result', async () => {
    const { reactor, errors } = create({ limits: { shutdown: { during: 1_000 } } });
    reactor.use(
      background('worker', async () => {
        await sleep(reactor, 1_005);
        throw new Error('too late');
      }),
    );
    reactor.on('shutdown', { after: () => sleep(reactor, 10) });
    await reactor.start();
    const result = await reactor.finish();
    expect(errors).toEqual([expect.any(TriggerTimeoutError), new Error('too late')]);
    expect(causes(result)).toContainEqual(new Error('too late'));
  });

  it('C58: a background that ended one microtask before escalate() is not abandoned', async () => {
    const { reactor } = create();
    let end = noop;
    reactor.use(
      background(
        'worker',
        () =>
          new Promise<void>((resolve) => {
            end = resolve;
          }),
      ),
    );
    reactor.on('shutdown', { during: () => new Promise(noop) }, { name: 'hangs' });
    await reactor.start();
    void reactor.stop();
    reactor.advance(0);
    expect(reactor.pending().map(({ name }) => name)).toEqual(['worker', 'hangs']);
    end();
    await Promise.resolve(); // one microtask: the reactor is told of the end
    reactor.escalate();
    const result = await reactor.finish();
    expect(result.shutdown?.abandoned).toMatchObject([{ name: 'hangs' }]);
  });

  it('C58: escalate() cuts a background', async () => {
    const { reactor, errors } = create();
    let context: BackgroundContext | undefined;
    reactor.use(
      background('worker', (given) => {
        context = given;
        return new Promise(noop);
      }),
    );
    await reactor.start();
    reactor.escalate({ kind: 'mine' });
    const result = await reactor.finish();
    expect([context?.signal.reason, context?.cut.reason, errors]).toEqual([{ kind: 'mine' }, { kind: 'mine' }, []]);
    expect(result.shutdown?.abandoned).toMatchObject([{ name: 'worker' }]);
  });
});
