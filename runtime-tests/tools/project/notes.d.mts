import type { NodeReactor } from '@triphase/node-reactor';

export function note(line: string): void;
export function noteStartAndStop(app: NodeReactor): void;
export function linger(): Promise<void>;
