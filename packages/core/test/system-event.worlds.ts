import {
  EventAlreadyFiringError,
  TriggerTimeoutError,
  type FireOptions,
  type FiringReport,
  type Phase,
  type TriggerContext,
  type TriggerOptions,
} from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';
import { ModelEvents, type ModelContext, type ModelReport } from './system-event.model.ts';

/** The options of a trigger. Each trigger of a program has a name. */
export type Options = TriggerOptions & { readonly name: string };

/** Where a program runs: in the engine or in the model. `fire` returns undefined when the event is being fired. */
export interface World {
  add(
    phase: Phase,
    event: string,
    trigger: (context: ModelContext) => unknown,
    options: Options,
  ): { strict(): void; forgiving(): boolean };
  fire(event: string, detail: unknown, options: FireOptions): Promise<unknown> | undefined;
  isFiring(event: string): boolean;
  advance(ms: number): void;
  /** A report of the engine or the model, in one form. */
  read(report: unknown): ModelReport;
}

export function modelWorld(log: (entry: string) => void): World {
  const model = new ModelEvents((error) => {
    log(`onError ${error}`);
  });
  return {
    add(phase, event, trigger, options) {
      const registration = model.add(phase, event, trigger, options);
      const strict = (): void => {
        model.remove(registration);
      };
      const forgiving = (): boolean => {
        if (!registration.registered) return false;
        strict();
        return true;
      };
      options.signal?.addEventListener('abort', forgiving);
      return { strict, forgiving };
    },
    fire: (event, detail, options) => model.fire(event, detail, options),
    isFiring: (event) => model.isFiring(event),
    advance: (ms) => {
      model.advance(ms);
    },
    read: (report) => report as ModelReport, // as: the model's own
  };
}

export function engineWorld(log: (entry: string) => void): World {
  const describeError = (error: unknown): string =>
    error instanceof TriggerTimeoutError ? `timeout ${error.age}` : String(error);
  const reactor = new HandTurnedReactor({
    onError: (error, source) => {
      log(`onError ${String(source.phase)} ${source.name}: ${describeError(error)}`);
    },
  });
  return {
    add(phase, event, trigger, options) {
      // `signal` is read only when the program asks for it: a signal that is first read late must be right, too (C21).
      const run = (context: TriggerContext): unknown => {
        const { phase, name, detail } = context;
        return trigger({ phase, name, detail, aborted: () => context.signal.aborted });
      };
      const handle = reactor.addSystemEventTrigger(phase, event, run, options);
      return {
        strict: () => {
          reactor.removeSystemEventTrigger(handle);
        },
        forgiving: () => handle.remove(),
      };
    },
    fire(event, detail, options) {
      try {
        return reactor.fire(event, detail, options);
      } catch (error) {
        if (error instanceof EventAlreadyFiringError) return undefined;
        throw error;
      }
    },
    isFiring: (event) => reactor.isFiring(event),
    advance: (ms) => {
      reactor.advance(ms);
    },
    read(given) {
      const report = given as FiringReport; // as: what `fire` resolves to
      const { counts, errors, abandoned, escalated, vetoed, phases } = report;
      const outcomes = (phase: Phase): string[] =>
        phases?.[phase].triggers.map(({ name, outcome }) => `${name} ${outcome}`) ?? [];
      return {
        counts,
        errors: errors.map((error) =>
          error instanceof TriggerTimeoutError
            ? `${error.phase} ${error.trigger}: timeout ${error.age}`
            : 'trigger' in error
              ? `${error.phase} ${error.trigger}: ${String(error.cause)}`
              : String(error),
        ),
        abandoned: abandoned.map(({ phase, name, age }) => `${String(phase)} ${name} ${age}`),
        outcomes: { before: outcomes('before'), during: outcomes('during'), after: outcomes('after') },
        escalated,
        vetoed,
      };
    },
  };
}
