import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { CheckedServices, PHASES, statesOf, type ServicePlan } from './checked-services.ts';

type Step =
  | { readonly kind: 'settle'; readonly which: number; readonly isDone: boolean }
  | { readonly kind: 'restart' | 'lose' | 'remove'; readonly which: number }
  | { readonly kind: 'add'; readonly plan: ServicePlan }
  | { readonly kind: 'rest' | 'stop' | 'crash' | 'escalate' };

const plan: fc.Arbitrary<ServicePlan> = fc.record({
  needs: fc.array(fc.nat(), { maxLength: 2 }),
  phases: fc.subarray([...PHASES], { minLength: 1 }),
});
const which = fc.nat({ max: 9 });
const settle = fc.record({ kind: fc.constant('settle' as const), which, isDone: fc.constant(true) });
const fail = fc.record({ kind: fc.constant('settle' as const), which, isDone: fc.constant(false) });
const change = fc.record({ kind: fc.constantFrom('restart' as const, 'lose' as const, 'remove' as const), which });
const add = fc.record({ kind: fc.constant('add' as const), plan });
const rest = fc.constant<Step>({ kind: 'rest' });

/** `ends`: how often the run ends in between, in comparison with other steps. */
const programs = (ends: fc.Arbitrary<Step>, weight: number): fc.Arbitrary<[ServicePlan[], Step[]]> =>
  fc.tuple(
    fc.array(plan, { minLength: 1, maxLength: 5, size: 'max' }),
    fc.array(
      fc.oneof(
        { arbitrary: settle, weight: 12 },
        { arbitrary: change, weight: 5 },
        { arbitrary: add, weight: 2 },
        { arbitrary: rest, weight: 4 },
        { arbitrary: fail, weight: 1 },
        { arbitrary: ends, weight },
      ),
      { maxLength: 40, size: 'max' },
    ),
  );

async function perform(services: CheckedServices, steps: readonly Step[]): Promise<void> {
  const { reactor } = services;
  for (const step of steps) {
    switch (step.kind) {
      case 'settle':
        services.settle(step.which, step.isDone);
        break;
      case 'restart':
      case 'lose':
      case 'remove':
        services[step.kind](step.which);
        break;
      case 'add':
        services.add(step.plan);
        break;
      case 'stop':
        if (reactor.state !== 'idle') reactor.stop().catch(() => undefined);
        break;
      case 'crash':
        if (reactor.state === 'running' || reactor.state === 'stopping') reactor.crash();
        if (reactor.state === 'idle') await services.run();
        break;
      case 'escalate':
        if (reactor.state === 'running' || reactor.state === 'stopping') reactor.escalate();
        break;
      case 'rest':
        await services.rest();
    }
  }
}

describe('services that restart, are added and are removed at random', () => {
  it('C60, C63: every call keeps the order, every promise settles, every service is up again, and a stop stops all of them', async () => {
    const stop = fc.constant<Step>({ kind: 'stop' });
    await fc.assert(
      fc.asyncProperty(programs(stop, 1), async ([plans, steps]) => {
        const services = new CheckedServices(plans, true);
        await services.run();
        await perform(services, steps);
        await services.drain();
        expect(services.broken).toEqual([]);
        expect(await services.pending()).toBe(0);
        if (services.reactor.state === 'running') {
          const states = [...statesOf(services.reactor)];
          expect(states.filter(([, state]) => state !== 'started')).toEqual([]);
          services.reactor.stop().catch(() => undefined);
          await services.drain();
        }
        expect(services.reactor.state).toBe('stopped');
        expect(services.broken).toEqual([]);
        expect(services.left()).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  }, 120_000);

  it('C31, C32, C60: whatever crashes and escalates in between, every promise settles and the run ends', async () => {
    const ends = fc.constantFrom<Step>({ kind: 'stop' }, { kind: 'crash' }, { kind: 'crash' }, { kind: 'escalate' });
    await fc.assert(
      fc.asyncProperty(programs(ends, 2), async ([plans, steps]) => {
        const services = new CheckedServices(plans, false);
        await services.run();
        await perform(services, steps);
        await services.drain();
        if (services.reactor.state !== 'stopped') services.reactor.stop().catch(() => undefined);
        await services.drain();
        expect(services.reactor.state).toBe('stopped');
        expect(await services.pending()).toBe(0);
        expect(services.reactor.pending()).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  }, 120_000);
});
