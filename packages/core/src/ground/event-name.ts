import { nameOf, printable } from './printable.ts';

/** The name of an event type in messages and reports; `?` if it can't be read. */
export function eventName(type: unknown): string {
  try {
    if (typeof type === 'function') return printable(nameOf(type) || 'function');
    return printable(typeof type === 'object' && type !== null ? Object.prototype.toString.call(type) : type);
  } catch {
    return '?';
  }
}
