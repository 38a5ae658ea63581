/** The fenced code blocks of the pages: what the tests compile and run. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** A block of code on a page, together with the blocks that continue it. */
export interface Block {
  /** The page and the line of its fence: `docs/errors.md:12`. */
  readonly place: string;
  readonly language: string;
  /** What follows the language: ` ```ts sigterm `. */
  readonly mark: string;
  readonly code: string;
  /** What it prints: the blocks ` ```text output ` that follow it. */
  readonly output: string | undefined;
}

/**
 * The marks of a `ts` block, besides `continued`:
 *
 * - no mark: it is run in Node and ends by itself.
 * - `sigterm`: it gets that signal, and ends with 0.
 * - `sigint`: it is a script that gets that signal, and ends with 130.
 * - `deno`: it is run in Deno.
 * - `page`: it is for a browser, and only compiled.
 * - `peer`: it shows another library, and is only compiled.
 * - `example`: it is a file of examples/page-frameworks, which runtime-tests/page-frameworks.run.mjs builds and runs in browsers.
 */
export const MARKS = ['', 'sigterm', 'sigint', 'deno', 'page', 'peer', 'example'] as const;

/** The pages of the root, of docs and of each package, relative to the root. */
export function pages(from: string = root): string[] {
  const inFolder = (folder: string): string[] =>
    readdirSync(join(from, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(folder, file));
  const packages = readdirSync(join(from, 'packages')).map((name) => join('packages', name));
  return ['.', 'docs', ...packages].flatMap(inFolder);
}

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The blocks of one page, in order. */
export function blocksOf(page: string, text: string = readPage(page)): Block[] {
  const blocks: { -readonly [K in keyof Block]: Block[K] }[] = [];
  let above: (typeof blocks)[number] | undefined;
  const fences = text.matchAll(/^```(\S*)[ ]?(.*)\n([\s\S]*?)^```$/gm);
  for (const { index, 1: language = '', 2: mark = '', 3: code = '' } of fences) {
    const place = `${page}:${String(text.slice(0, index).split('\n').length)}`;
    const isOutput = language === 'text' && mark === 'output';
    if (isOutput || mark === 'continued') {
      if (above === undefined) throw new Error(`${place} goes on from a block that is not there`);
      if (isOutput) above.output = (above.output ?? '') + code;
      else above.code += `\n${code}`;
    } else {
      const block = { place, language, mark, code, output: undefined };
      blocks.push(block);
      if (language === 'ts') above = block;
    }
  }
  return blocks;
}

/** All blocks of a language, on all pages. */
export const blocksIn = (language: string): Block[] =>
  pages()
    .flatMap((page) => blocksOf(page))
    .filter((block) => block.language === language);
