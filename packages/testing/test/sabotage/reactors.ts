import { sabotagedHooks } from './hooks.ts';
import { sabotagedMethods } from './methods.ts';
import type { SabotagedReactor } from './sabotaged-reactor.ts';
import { sabotagedServices } from './services.ts';

/** All sabotaged reactors. Each fails tests of the statement that it breaks. */
export const sabotagedReactors: readonly SabotagedReactor[] = [
  ...sabotagedHooks,
  ...sabotagedMethods,
  ...sabotagedServices,
];
