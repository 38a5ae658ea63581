/** The fenced code blocks of the pages: what the tests compile and run. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** A block of code on a page; those that continue it, up to the next one that does not, belong to it. */
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
 * The marks that a `ts` block may carry, `continued` apart. Without one it is run in Node and ends by itself; a `sigterm` block is
 * sent that signal and ends with 0; a `sigint` block is a script that is interrupted, and ends with 130; a `page` block is for a browser, and only compiled, as is a `peer` block, which shows the library that somebody comes from; an
 * `example` block is a file of examples/page-frameworks, whose stage compiles and runs it.
 */
export const MARKS = ['', 'sigterm', 'sigint', 'deno', 'page', 'peer', 'example'] as const;

/** Every page with prose for readers, relative to the root: those of the root, of docs and of each package. */
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
