/** The states of a reactor: idle → starting → running → stopping → stopped. A crash leads back to idle from each state in between (C31). */
export type ReactorState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped';
