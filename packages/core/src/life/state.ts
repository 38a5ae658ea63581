/** The life of a reactor: idle → starting → running → stopping → stopped. A crash leads back to idle, from any state between (C31). */
export type ReactorState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped';
