import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { settled } from './hand-turned-reactor.ts';
import type { ModelContext } from './system-event.model.ts';
import { program, type Ending, type Step, type TopStep } from './system-event.program.ts';
import { engineWorld, modelWorld, type Options, type World } from './system-event.worlds.ts';

/** A promise of a trigger, which the program settles. */
interface Pending {
  readonly name: string;
  readonly fulfil: () => void;
  readonly reject: () => void;
}

/** Runs a program. Returns all that can be observed, in order. */
async function trace(steps: readonly TopStep[], makeWorld: (log: (entry: string) => void) => World): Promise<string[]> {
  const entries: string[] = [];
  const log = (entry: string): void => {
    entries.push(entry);
  };
  const world = makeWorld(log);
  const handles: { readonly name: string; strict(): void; forgiving(): boolean; abort(): void }[] = [];
  const pending: Pending[] = [];
  const firings: Map<Promise<unknown>, string> = new Map();
  // Only the signals of pending calls are compared: the contract doesn't say whether others abort.
  const unsettled: Map<string, ModelContext> = new Map();
  const reports: string[] = [];
  let fuel = 150;

  const end = (ending: Ending, name: string, context: ModelContext): unknown => {
    const error = `error of ${name}`;
    const hold = (fulfil: () => void, reject: () => void): void => {
      pending.push({ name, fulfil, reject });
      unsettled.set(name, context);
    };
    switch (ending) {
      case 'returns':
        return name;
      case 'throws':
        throw error;
      case 'throws-undefined':
        throw undefined;
      case 'returns-fulfilled':
        return Promise.resolve(name);
      case 'returns-rejected':
        return Promise.reject(error);
      case 'returns-promise':
        return new Promise<void>((resolve, reject) => {
          hold(resolve, () => {
            reject(error);
          });
        });
      case 'returns-thenable':
        return {
          then(fulfil: () => void, reject: (error: unknown) => void) {
            hold(fulfil, () => {
              reject(error);
            });
          },
        };
      case 'settles-at-once':
        return {
          then: (fulfil: () => void) => {
            fulfil();
          },
        };
      case 'settles-twice':
        return {
          then: (fulfil: () => void, reject: (error: unknown) => void) => {
            reject(error);
            fulfil();
            reject('twice');
          },
        };
      case 'settles-then-throws':
        return {
          then: (fulfil: () => void) => {
            fulfil();
            throw error;
          },
        };
      case 'then-throws':
        return {
          then: () => {
            throw error;
          },
        };
      case 'then-getter-throws':
        return {
          get then(): unknown {
            throw error;
          },
        };
      case 'then-is-no-function':
        return { then: name };
    }
  };

  const perform = (step: Step, path: string): void => {
    if (fuel-- <= 0) return;
    switch (step.kind) {
      case 'add': {
        const name = path;
        const controller = new AbortController();
        const { event, phase, every, required, timeout, body, ending } = step;
        const trigger = (context: ModelContext): unknown => {
          log(`${event} ${context.phase} ${context.name} detail ${String(context.detail)}`);
          // Some triggers read their signal at once. The signals of the others are first read below.
          if (every) log(`${name} aborted: ${String(context.aborted())}`);
          body.forEach((inner, index) => {
            perform(inner, `${path}.${index}`);
          });
          log(`${name} ends`);
          return end(ending, name, context);
        };
        const options: Options = {
          name,
          every,
          signal: controller.signal,
          ...(timeout !== undefined && { timeout }),
          ...(phase === 'before' && { required }),
        };
        const handle = world.add(phase, event, trigger, options);
        handles.push({
          name,
          ...handle,
          abort: () => {
            controller.abort();
          },
        });
        break;
      }
      case 'remove': {
        const handle = handles.at(-1 - step.which);
        if (handle === undefined) break;
        if (step.how === 'forgiving') log(`remove ${handle.name}: ${String(handle.forgiving())}`);
        else if (step.how === 'signal') handle.abort();
        else {
          try {
            handle.strict();
            log(`remove ${handle.name}: done`);
          } catch (error) {
            log(`remove ${handle.name}: ${(error as Error).constructor.name}`); // as: both throw their own class
          }
        }
        break;
      }
      case 'fire': {
        const promise = world.fire(step.event, path, { timings: true, ...step.options });
        if (promise === undefined) {
          log(`${step.event} is being fired`);
          break;
        }
        const known = firings.get(promise);
        log(`${step.event} fired: ${known ?? path}`);
        if (known !== undefined) break;
        firings.set(promise, path);
        void promise.then((report) => {
          reports.push(`report of ${path}: ${JSON.stringify(world.read(report))}`);
        });
        break;
      }
      case 'settle': {
        const one = pending.at(-1 - step.which);
        if (one === undefined) break;
        log(`${step.how} ${one.name}`);
        unsettled.delete(one.name);
        one[step.how]();
        break;
      }
      case 'ask':
        log(`${step.event} fires: ${String(world.isFiring(step.event))}`);
    }
  };

  for (const [index, step] of steps.entries()) {
    log(`-- ${index} ${step.kind}`);
    if (step.kind === 'advance') world.advance(step.ms);
    else perform(step, String(index));
    await settled();
    // A report comes in the step that ends its firing. Its place among the promise jobs isn't part of the contract.
    for (const report of reports.splice(0).sort()) log(report);
    for (const [name, context] of unsettled) if (index % 3 === 2) log(`${name} aborted: ${String(context.aborted())}`);
    log(`a fires: ${String(world.isFiring('a'))}, b fires: ${String(world.isFiring('b'))}`);
  }
  for (const [name, context] of unsettled) log(`${name} aborted: ${String(context.aborted())}`);
  // At the end all pending calls settle, newest first: a firing that hangs would show here.
  log('-- the end');
  fuel = 0;
  for (let round = 0; round < 20; round++) {
    for (const one of pending.splice(0).reverse()) one.fulfil();
    await settled();
  }
  for (const report of reports.sort()) log(report);
  log(`a fires: ${String(world.isFiring('a'))}, b fires: ${String(world.isFiring('b'))}`);
  return entries;
}

describe('the three-phase engine and a plain model of its rules', () => {
  it('C9–C23: for random programs, also inside triggers, both do the same in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(program, async (steps) => {
        expect(await trace(steps, engineWorld)).toEqual(await trace(steps, modelWorld));
      }),
      { numRuns: 1_200 },
    );
  }, 60_000);
});
