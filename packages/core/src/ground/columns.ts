/** The maximum width of a line, so that terminals and log viewers don't break it themselves (C15). */
const COLUMNS = 80;
/** The indentation of a continued line. */
const INDENT = '      ';

/** Characters that are two columns wide: East Asian scripts and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe0f\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters without a width: combining marks and format characters. */
const ZERO_WIDTH = /^[\p{M}\p{Cf}]+$/u;

/** Splits a text into graphemes, the characters a reader sees; into code points where the host has no `Intl.Segmenter`. */
function charactersOf(text: string): string[] {
  const { Segmenter } = Intl as { Segmenter?: typeof Intl.Segmenter }; // as: Firefox before 125 has none
  return Segmenter === undefined || /^[ -~]*$/.test(text)
    ? Array.from(text)
    : Array.from(new Segmenter().segment(text), ({ segment }) => segment);
}

/** Measures from index `from` on. `end`: the index of the first character that doesn't fit; `taken`: the columns of those before it. */
function measure(characters: readonly string[], from: number, columns: number): [end: number, taken: number] {
  let taken = 0;
  for (let i = from; i < characters.length; i++) {
    const character = characters[i] as string; // as: it is below the length
    const width = WIDE.test(character) ? 2 : ZERO_WIDTH.test(character) ? 0 : 1;
    if (taken + width > columns) return [i, taken];
    taken += width;
  }
  return [characters.length, taken];
}

/** Cuts a text to a number of columns with an ellipsis, or pads it with spaces. */
export function fit(text: string, columns: number): string {
  const characters = charactersOf(text);
  let dots = '';
  let [end, taken] = measure(characters, 0, columns);
  if (end < characters.length) {
    [end, taken] = measure(characters, 0, columns - 1);
    dots = '…';
  }
  return characters.slice(0, end).join('') + dots + ' '.repeat(columns - taken - dots.length);
}

/** The index of the last space after `from`, where a line can be broken; `end` if there is none. */
function breakBefore(characters: readonly string[], from: number, end: number): number {
  for (let i = end; i > from; i--) if (characters[i] === ' ') return i;
  return end;
}

/** The lines of a text, none wider than 80 columns: broken between words where they can be. */
export function wrap(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    const characters = charactersOf(line);
    let from = 0;
    let indent = '';
    while (from < characters.length || from === 0) {
      let [end] = measure(characters, from, COLUMNS - indent.length);
      // Not in its first six characters: those may be the indentation of the line itself.
      if (end < characters.length) end = breakBefore(characters, from + INDENT.length, end);
      lines.push(indent + characters.slice(from, end).join(''));
      if (end === 0) break; // an empty line
      from = end;
      while (characters[from] === ' ') from++;
      indent = INDENT;
    }
    return lines;
  });
}
