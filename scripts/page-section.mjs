/** Writes pages: tables, and the sections that commands generate, which are the text between `<!-- name -->` and `<!-- /name -->`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const between = (name) => new RegExp(`(?<=<!-- ${name} -->\\n)[^]*(?=<!-- /${name} -->)`);

/** The text of the section. Throws if the page doesn't have this section. */
export function readSection(file, name) {
  const [text] = between(name).exec(readFileSync(file, 'utf8')) ?? [];
  if (text === undefined) throw new Error(`${file} has no section <!-- ${name} -->`);
  return text;
}

/** Replaces the text of the section, and formats the page. Throws if the page doesn't have this section. */
export async function writeSection(file, name, text) {
  readSection(file, name);
  await writeFormatted(
    file,
    readFileSync(file, 'utf8').replace(between(name), () => `\n${text.trim()}\n\n`),
  );
}

/** A Markdown table. The first row is the head. `right`: the indexes of the columns that are aligned to the right. */
export function markdownTable([head, ...rows], right = []) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const ruler = head.map((_, column) => (right.includes(column) ? '--:' : '---'));
  return [head, ruler, ...rows].map(line).join('\n');
}

/** Writes a file, formatted as `npm run format` does it. */
export async function writeFormatted(file, text) {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
