// On a host with `fetch`, the signal of a reactor has the type that `fetch` needs.
import type { ReactorBase } from '@triphase/core';

export const load = (reactor: ReactorBase): Promise<Response> => fetch('/', { signal: reactor.signal });
