/** `--plant needs`: breaks the reactors of the kind `services` on purpose, to show that the soak finds it. */
import type { NodeReactor } from '@triphase/node-reactor';

/** Ways to break a reactor. The rules of services must find each of them. */
const FAULTS = {
  /** Ignores the needs of services, so that they start and stop in any order. */
  needs: (reactor: NodeReactor) => {
    const use = reactor.use.bind(reactor);
    Object.assign(reactor, {
      use: (service: Parameters<typeof use>[0]) => use(Object.defineProperty(service, 'needs', { value: [] })),
    });
  },
} satisfies Readonly<Record<string, (reactor: NodeReactor) => void>>;

export type Fault = (reactor: NodeReactor) => void;

/** The fault with this name, or `undefined`. */
export function plantedFault(name: string | undefined): Fault | undefined {
  const faults: Readonly<Record<string, Fault | undefined>> = FAULTS;
  return name === undefined ? undefined : faults[name];
}
