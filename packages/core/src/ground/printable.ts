/** Control characters, lone surrogates, line separators, and marks that change the direction of the text. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * For runtime packages: makes a foreign name or message safe to print on one line. Line breaks and control characters are escaped, and the
 * text is cut after `max` characters. A value that can't be converted to a string becomes `?`.
 */
export function printable(text: unknown, max = 200): string {
  try {
    return escaped(cut(String(text), max));
  } catch {
    return '?';
  }
}

/** For runtime packages: the same for several lines. All but the first are indented, so that none looks like a log line of its own. */
export function printableLines(text: string): string {
  return cut(text, 10_000)
    .split('\n')
    .map(escaped)
    .join('\n')
    .replace(/\n(?! {4})/g, '\n    ');
}

/** For runtime packages: lists the first ten items, and how many more there are. */
export function listed<T>(items: readonly T[], text: (item: T) => string, separator = ', '): string {
  const more = items.length - 10;
  return items.slice(0, 10).map(text).join(separator) + (more > 0 ? `${separator}and ${String(more)} more` : '');
}

/** The name of a function; '' if it has none, `?` if it can't be read, as of a revoked proxy. */
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
