import * as core from '@triphase/core';
import { describe, expect, jest, test } from '@jest/globals';
import * as node from '@triphase/node-reactor';
import * as cluster from '@triphase/node-reactor/cluster';
import * as http from '@triphase/node-reactor/http';
import * as testing from '@triphase/testing';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MARKS, blocksIn, blocksOf, pages, readPage, root, type Block } from './docs-blocks.ts';
import { PATIENCE, deno, inCI, runInDeno, runInNode } from './docs-run.ts';
import { typeErrorsOf } from './docs-types.ts';
import { success } from './run-program.ts';

jest.setTimeout(PATIENCE);

describe('the code on the pages', () => {
  const blocks = blocksIn('ts');
  const inDeno = blocks.filter(({ mark }) => mark === 'deno');

  test('every block has a known mark, and is TypeScript', () => {
    expect(blocks.filter(({ mark }) => !MARKS.some((known) => known === mark))).toEqual([]);
    expect(blocksIn('js')).toEqual([]); // pages show TypeScript only
  });

  test('every block compiles', () => {
    expect(typeErrorsOf(blocks.filter(({ mark }) => mark !== 'deno' && mark !== 'example'))).toEqual([]); // blocks for Deno are checked below
  });

  test('the blocks with the mark example are the files of examples/page-frameworks', () => {
    const folder = join(root, 'examples', 'page-frameworks', 'project', 'src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const texts = blocks.filter(({ mark }) => mark === 'example').map(({ code }) => code);
    expect(texts.sort()).toEqual(files.map((file) => readFileSync(join(folder, file), 'utf8')).sort());
  });

  // The blocks for Node are run by runtime-tests/docs.run.mjs, with the packages from their tarballs.
  const hasDeno = existsSync(deno) || inCI;
  (hasDeno ? test : test.skip).each(inDeno)('$place compiles and runs in Deno', async (block) => {
    const ended = await runInDeno(block);
    expect(ended).toEqual(success(block, ended));
  });

  describe('a broken block fails', () => {
    const broken = (code: string, output = ''): Block[] =>
      blocksOf('made-up.md', `# Made up\n\n\`\`\`ts\n${code}\n\`\`\`\n\n\`\`\`text output\n${output}\n\`\`\`\n`);

    test('in the compiler, with its line', () => {
      const [block] = broken("import { ReactorBase } from '@triphase/core';\nReactorBase.launch();");
      expect(typeErrorsOf([block!])).toEqual([expect.stringMatching(/^made-up\.md:3 \+2: Property 'launch'/)]);
    });

    test('if it throws', async () => {
      const [block] = broken("throw new Error('broken');");
      expect(await runInNode(block!)).toMatchObject({ status: 1, stderr: expect.stringContaining('broken') });
    });

    test('if it prints something else', async () => {
      const [block] = broken("console.log('one');", 'two');
      const ended = await runInNode(block!);
      expect(ended).not.toEqual(success(block!, ended));
    });

    test('if it imports a name that is not exported', async () => {
      const [block] = broken("import { nothing } from '@triphase/core';\nconsole.log(nothing);");
      await expect(runInNode(block!)).rejects.toThrow('nothing');
    });
  });
});

describe('docs/errors.md', () => {
  const page = readPage('docs/errors.md');
  const rows = [...page.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row = '']) => row.split('|').map((cell) => cell.trim()))
    .filter(([code]) => code?.startsWith('`ERR_'))
    .map(([code, name, cause, remedy]) => ({ code, name, cause, remedy }));

  test('it lists each error that the packages export, with its code and class, and no other', () => {
    const classes = Object.entries({ ...core, ...testing, ...node, ...http, ...cluster }).filter(
      ([name, value]) => name.endsWith('Error') && typeof value === 'function' && name !== 'TriphaseError',
    );
    const exported = classes.map(([name, errorClass]) => {
      // as: each of them takes a message first; StartupFailedError reads the errors of a result.
      const error = Reflect.construct(errorClass as new () => Error, ['', { errors: [] }]) as { code?: unknown };
      return `\`${String(error.code)}\` \`${name}\``;
    });
    expect(exported.length).toBeGreaterThan(20);
    expect(rows.map(({ code, name }) => `${String(code)} ${String(name)}`).sort()).toEqual(exported.sort());
  });

  test('each error has a cause and a remedy', () => {
    for (const { code, cause, remedy } of rows) {
      expect([code, cause, remedy]).toEqual([
        code,
        expect.stringMatching(/^\S.*\.$/),
        expect.stringMatching(/^\S.*\.$/),
      ]);
    }
  });
});

test('C1: the class of docs/writing-a-reactor.md has less than ten lines', () => {
  const [, reactor = ''] = /^(class GameReactor[\s\S]*?^}$)/m.exec(readPage('docs/writing-a-reactor.md')) ?? [];
  expect(reactor).toContain('requestTurn');
  expect(reactor.split('\n').length).toBeLessThan(10);
});

/** The statements after C56. */
const LATER = [57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72];

describe('docs/contract.md', () => {
  const statements = [...readPage('docs/contract.md').matchAll(/^- \*\*C(\d+)\*\*/gm)].map(([, number]) =>
    Number(number),
  );

  test('it has the statements C1 to C56 and the later ones, each once', () => {
    const first = Array.from({ length: 56 }, (_, index) => index + 1);
    expect(statements.sort((a, b) => a - b)).toEqual([...first, ...LATER]);
  });

  test('each statement begins with a short sentence in italics', () => {
    const unexplained = [...readPage('docs/contract.md').matchAll(/^- \*\*([BC]\d+)\*\* (?!_[A-Z`][^_]*\._\s)/gm)];
    expect(unexplained.map(([, number]) => number)).toEqual([]);
  });

  test('no page names a statement that does not exist', () => {
    const cited = pages().flatMap((page) =>
      [...readPage(page).matchAll(/\bC(\d+)\b/g)].map(([, number]) => Number(number)),
    );
    expect(cited.filter((number) => !statements.includes(number))).toEqual([]);
  });
});

describe('the pages', () => {
  test.each([...pages(), ...otherPages()])('%s: every link leads to a file or heading that exists', (page) => {
    const links = linksOf(page);
    const broken = links.filter(([, path = '', anchor = '']) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== '' && !anchorsOf(target).includes(anchor.slice(1));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test.each(pages().filter((page) => page.startsWith('packages')))('%s has no link into the repository', (page) => {
    expect(linksOf(page).map(([link]) => link)).toEqual([]);
    expect(blocksOf(page).filter(({ language }) => language === 'ts').length).toBeGreaterThan(0);
  });

  test('every npm script that they name exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }; // npm's format
    const named = pages().flatMap((page) =>
      [...readPage(page).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** The links of a page to files and headings of the repository. Each match: the whole link, its path, its anchor. */
function linksOf(page: string): RegExpMatchArray[] {
  return [...readPage(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)];
}

/** Other pages, whose blocks are not tested here, relative to the root. */
function otherPages(): string[] {
  const folders = readdirSync(join(root, 'examples')).map((name) => join('examples', name));
  return ['benchmarks', 'soak', 'scripts', 'runtime-tests', ...folders]
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.md'));
}

/** The anchors of the headings by GitHub's rule: lower case, spaces become hyphens, other signs are removed. */
function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
