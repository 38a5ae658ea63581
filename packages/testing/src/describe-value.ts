const MAX_DEPTH = 4;
const MAX_ITEMS = 20;
const MAX_TEXT = 200;

/** A value as a failure message shows it: one line, and cut where it is too long to be read. */
export function describeValue(value: unknown): string {
  return describe(value, []);
}

function describe(value: unknown, above: readonly object[]): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
  if (typeof value === 'function') return `[function ${value.name || 'without a name'}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (above.includes(value)) return '[circular]';
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Date(invalid)' : `Date(${value.toISOString()})`;
  if (value instanceof RegExp) return String(value);
  if (above.length === MAX_DEPTH) return Array.isArray(value) ? '[…]' : '{…}';
  const inside = [...above, value];
  if (Array.isArray(value)) return `[${list(value, (item) => describe(item, inside))}]`;
  if (value instanceof Set) return `Set {${list([...value], (item) => describe(item, inside))}}`;
  if (value instanceof Map) {
    return `Map {${list([...value], ([key, item]) => `${describe(key, inside)} => ${describe(item, inside)}`)}}`;
  }
  const body = list(Object.entries(value), ([key, item]) => `${key}: ${describe(item, inside)}`);
  return `${prefixOf(value)}{${body && ` ${body} `}}`;
}

function prefixOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return '';
  return `${value.constructor.name} `;
}

function list<T>(items: readonly T[], show: (item: T) => string): string {
  const shown = items.slice(0, MAX_ITEMS).map(show);
  if (items.length > MAX_ITEMS) shown.push(`… ${items.length - MAX_ITEMS} more`);
  return shown.join(', ');
}
