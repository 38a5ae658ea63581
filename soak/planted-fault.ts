import type { NodeReactor } from '@triphase/node-reactor';

/** What a reactor does that is broken on purpose: the rules of services must find it. */
const FAULTS = {
  /** Services that are used start and stop in any order. */
  needs: (reactor: NodeReactor) => {
    const use = reactor.use.bind(reactor);
    Object.assign(reactor, {
      use: (service: Parameters<typeof use>[0]) => use(Object.defineProperty(service, 'needs', { value: [] })),
    });
  },
} satisfies Readonly<Record<string, (reactor: NodeReactor) => void>>;

export type Fault = (reactor: NodeReactor) => void;

/** Breaks a reactor, so that a soak is seen to find it. Undefined for a name that is none of a fault. */
export function plantedFault(name: string | undefined): Fault | undefined {
  const faults: Readonly<Record<string, Fault | undefined>> = FAULTS;
  return name === undefined ? undefined : faults[name];
}
