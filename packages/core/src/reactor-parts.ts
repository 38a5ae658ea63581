import { EventRegistry } from './events/event-registry.ts';
import { Life } from './life/life.ts';
import { ReactorEnvironment, type EnvironmentHooks } from './life/reactor-environment.ts';
import type { HostHooks } from './life/run-control.ts';
import type { ReactorOptions } from './reactor-options.ts';
import { TurnLoop } from './turn/turn-loop.ts';
import type { TurnHooks } from './turn/turn-requests.ts';

/** The functions of a reactor that its parts call. A subclass may replace most of them (C1). */
export type ReactorHooks = EnvironmentHooks & TurnHooks & HostHooks;

/** The parts of a reactor. */
interface ReactorParts {
  readonly env: ReactorEnvironment;
  readonly loop: TurnLoop;
  readonly events: EventRegistry;
  readonly life: Life;
}

/** Makes the parts of a reactor. `options` are checked. */
export function makeParts(hooks: ReactorHooks, options: ReactorOptions): ReactorParts {
  const { maxSliceMs = 5, maxBatch = 1_000, limits, timings } = options;
  const env = new ReactorEnvironment(hooks, options);
  const loop = new TurnLoop(env, hooks, maxSliceMs, maxBatch);
  const events = new EventRegistry(env, limits, timings);
  return { env, loop, events, life: new Life(env, loop, events, hooks) };
}
