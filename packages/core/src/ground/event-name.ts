import { nameOf, printable } from './printable.ts';

/** What an event is called in names, messages and reports; `?` where it cannot be asked. */
export function eventName(type: unknown): string {
  try {
    if (typeof type === 'function') return printable(nameOf(type) || 'function');
    return printable(typeof type === 'object' && type !== null ? Object.prototype.toString.call(type) : type);
  } catch {
    return '?';
  }
}
