import { type HealthAnswer, type Service, type ServiceHost, health } from '@triphase/core';
import { deferred } from '../deferred.ts';
import type { Kit } from '../kit.ts';
import { startFully } from '../running.ts';
import { rejectionOf } from '../thrown.ts';

/** `health()`: whether a program is live and ready, and the state of its services. C61 */
export function healthQuestions(kit: Kit): void {
  const { expect } = kit;

  kit.it('C61', 'health() is live during a run, and ready while the state is running', async () => {
    const reactor = kit.create();
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      const { live, ready, state } = await health(reactor);
      seen.push({ state, live, ready });
    };
    await look();
    reactor.on('startup', look);
    reactor.on('shutdown', look);
    await startFully(reactor);
    await look();
    await reactor.stop();
    await look();
    expect(seen).toEqual([
      { state: 'idle', live: false, ready: false },
      { state: 'starting', live: true, ready: false },
      { state: 'running', live: true, ready: true },
      { state: 'stopping', live: true, ready: false },
      { state: 'stopped', live: false, ready: false },
    ]);
  });

  kit.it('C61', 'health() is not live after escalate()', async () => {
    const reactor = kit.create();
    reactor.on('shutdown', () => deferred().promise);
    const seen: Promise<boolean>[] = [];
    reactor.on('shutdown', { after: () => seen.push(health(reactor).then(({ live }) => live)) });
    const { ended } = await startFully(reactor);
    reactor.escalate();
    await ended;
    expect(await Promise.all(seen)).toEqual([false]);
  });

  kit.it('C61', 'ready depends only on services with affectsReadiness: true', async () => {
    for (const affectsReadiness of [false, true]) {
      const reactor = kit.create();
      reactor.use({ name: 'db', affectsReadiness, health: () => 'down' });
      await startFully(reactor);
      const { live, ready } = await health(reactor);
      expect([live, ready]).toEqual([true, !affectsReadiness]);
      await reactor.stop();
    }
  });

  kit.it(
    'C61',
    'health() lists each service with its name, state, status, health and detail, in the order of use()',
    async () => {
      const reactor = kit.create();
      const answers: Record<string, () => unknown> = {
        up: () => 'up',
        down: () => 'down',
        slow: () => Promise.resolve({ status: 'down', detail: 'no disk' }),
        failing: () => Promise.reject(new Error('refused')),
        throwing: () => {
          throw new Error('refused');
        },
        wrong: () => 'fine',
      };
      for (const [name, answer] of Object.entries(answers)) {
        reactor.use({ name, status: () => `${name}!`, health: answer as () => HealthAnswer }); // as: one answer is invalid
      }
      reactor.use({ name: 'silent' });
      await startFully(reactor);
      const { services } = await health(reactor);
      expect(services.map((each) => [each.name, each.health])).toEqual([
        ['up', 'up'],
        ['down', 'down'],
        ['slow', 'down'],
        ['failing', 'down'],
        ['throwing', 'down'],
        ['wrong', 'down'],
        ['silent', 'up'],
      ]);
      const [up, , slow] = services;
      expect([up?.state, up?.status, up?.attempts, slow?.detail]).toEqual(['started', 'up!', 1, 'no disk']);
      expect(services.every(({ age }) => age >= 0)).toBe(true);
      await reactor.stop();
    },
  );

  kit.it('C61', 'the health of a service that is not started is down, and its health() is not called', async () => {
    const reactor = kit.create();
    let asked = 0;
    const service: Service = {
      name: 'db',
      health: () => {
        asked++;
        return 'up';
      },
    };
    reactor.use(service);
    const before = (await health(reactor)).services;
    await startFully(reactor);
    const during = (await health(reactor)).services;
    await reactor.stop();
    const after = (await health(reactor)).services;
    expect([before, during, after].map(([each]) => each?.health)).toEqual(['down', 'up', 'down']);
    expect(asked).toBe(1);
  });

  kit.it(
    'C61',
    'health() calls at the same time share an answer, and the end of the run ends the wait for it',
    async () => {
      const reactor = kit.create();
      let asked = 0;
      const never = (): Promise<HealthAnswer> => {
        asked++;
        return deferred<HealthAnswer>().promise;
      };
      reactor.use({ name: 'db', health: never });
      await startFully(reactor);
      const answers = Promise.all([health(reactor), health(reactor)]);
      await reactor.stop();
      expect((await answers).map(({ services }) => services.map((each) => each.health))).toEqual([['down'], ['down']]);
      expect(asked).toBe(1);
    },
  );

  kit.it('C61', 'health() rejects with a TypeError for a value that is not a reactor', async () => {
    expect((await rejectionOf(health({} as ServiceHost))) instanceof TypeError).toBe(true);
  });
}
