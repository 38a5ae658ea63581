// Where the host has a `fetch`, the signals that a reactor gives fit it as they are.
import type { ReactorBase } from '@triphase/core';

export const load = (reactor: ReactorBase): Promise<Response> => fetch('/', { signal: reactor.signal });
