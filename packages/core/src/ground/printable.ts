/** What moves the cursor, sets a colour, ends a line, turns the direction of the text, or is half a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * For runtime packages: a name or a message of somebody else, as it stands in a line of ours. What would forge a line or reach the terminal
 * is escaped, and it is cut after `max` characters. What cannot be named is called `?`.
 */
export function printable(text: unknown, max = 200): string {
  try {
    return escaped(cut(String(text), max));
  } catch {
    return '?';
  }
}

/** For runtime packages: a text of several lines, which no line of ours looks like: all but the first are indented, as those of a stack are. */
export function printableLines(text: string): string {
  return cut(text, 10_000)
    .split('\n')
    .map(escaped)
    .join('\n')
    .replace(/\n(?! {4})/g, '\n    ');
}

/** For runtime packages: the first ten, and how many more. */
export function listed<T>(items: readonly T[], text: (item: T) => string, separator = ', '): string {
  const more = items.length - 10;
  return items.slice(0, 10).map(text).join(separator) + (more > 0 ? `${separator}and ${String(more)} more` : '');
}

/** The name of a function; '' where it has none, `?` where it cannot be asked, as with a revoked proxy. */
export function nameOf(fn: object | undefined): string {
  try {
    const { name } = fn as { readonly name?: unknown }; // as: whatever it has
    return typeof name === 'string' ? name : '';
  } catch {
    return '?';
  }
}

function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}

function escaped(text: string): string {
  return text.replace(UNPRINTABLE, (char) =>
    char === '\n' ? '\\n' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
