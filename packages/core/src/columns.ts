/** What a terminal and a log viewer show without breaking lines themselves (C15). */
const COLUMNS = 80;
/** So that what is continued stands out. */
const INDENT = '      ';

/** Two columns wide: the scripts of East Asia, and what is shown as a picture. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe0f\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that stand on the character before them. */
const NONE = /^[\p{M}\p{Cf}]+$/u;

/** What is not to be cut in half: what a reader takes for one character, or where the host cannot tell, a code point. */
function charactersOf(text: string): string[] {
  const { Segmenter } = Intl as { Segmenter?: typeof Intl.Segmenter }; // as: Firefox before 125 has none
  // eslint-disable-next-line no-control-regex -- all of ASCII
  if (Segmenter === undefined || /^[\0-\x7f]*$/.test(text)) return Array.from(text);
  return Array.from(new Segmenter().segment(text), ({ segment }) => segment);
}

function columnsOf(character: string): number {
  return WIDE.test(character) ? 2 : NONE.test(character) ? 0 : 1;
}

/** Exactly so many columns: cut with an ellipsis, or filled with spaces. */
export function fit(text: string, columns: number): string {
  const characters = charactersOf(text);
  let fitting = '';
  let left = columns;
  for (const [i, character] of characters.entries()) {
    const width = columnsOf(character);
    if (width > left - (i < characters.length - 1 ? 1 : 0)) return `${fitting}…${' '.repeat(left - 1)}`;
    fitting += character;
    left -= width;
  }
  return fitting + ' '.repeat(left);
}

/** The lines of a text, none wider than 80 columns: broken between words where they can be. */
export function wrap(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    const characters = charactersOf(line);
    let from = 0;
    for (let indent = ''; ; indent = INDENT) {
      let columns = indent.length;
      let end = from;
      let space = 0;
      for (; end < characters.length; end++) {
        const character = characters[end] as string; // as: it is below the length
        if (character === ' ') space = end;
        columns += columnsOf(character);
        if (columns > COLUMNS) break;
      }
      const isLast = end === characters.length;
      if (!isLast && space > from + INDENT.length) end = space;
      lines.push(indent + characters.slice(from, end).join(''));
      if (isLast) return lines;
      from = end;
      while (characters[from] === ' ') from++;
    }
  });
}
