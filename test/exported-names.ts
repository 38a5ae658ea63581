/** The names that the packages export, by the TypeScript compiler. For the tests that pages and comments name only what exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './docs-blocks.ts';

/** Symbols of all kinds. */
const MEANING = ts.SymbolFlags.All;

/** A name on a page or in a comment, such as `ReactorBase.fire`. */
export interface Mention {
  readonly place: string;
  readonly name: string;
}

const folders = readdirSync(join(root, 'packages'));
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, 'packages', folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, 'packages', folder, 'src', file)),
);
const program = ts.createProgram(sources, optionsOf(join(root, 'tsconfig.test.json')));
const checker = program.getTypeChecker();
const entries = new Map(folders.flatMap(entriesOf));

/** The name of each entry of a package, such as `@triphase/node-reactor/http`, and the symbols that it exports. */
function entriesOf(folder: string): [entry: string, symbols: ReadonlyMap<string, ts.Symbol>][] {
  const read = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
  const { name, exports } = JSON.parse(read) as { name: string; exports: object }; // npm's format
  return Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => {
      const file = join(root, 'packages', folder, 'src', `${entry === '.' ? 'index' : entry.slice(2)}.ts`);
      const source = existsSync(file) ? program.getSourceFile(file) : undefined;
      const module = source && checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`${name} has an entry ${entry} and no ${file}`);
      const symbols = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
      return [entry === '.' ? name : `${name}/${entry.slice(2)}`, symbols];
    });
}

/** Whether an entry exports a name, such as `ReactorBase.fire`: the members follow after dots. */
export function isExported(entry: string, name: string): boolean {
  const [first = '', ...members] = name.split('.');
  return hasMembers(entries.get(entry)?.get(first), members);
}

/** Whether any entry exports a name. `undefined` if no entry exports its first part: then it is not a name of these packages. */
export function isExportedAnywhere(name: string): boolean | undefined {
  const [first = ''] = name.split('.');
  const known = [...entries].filter(([, symbols]) => symbols.has(first));
  return known.length === 0 ? undefined : known.some(([entry]) => isExported(entry, name));
}

/** The broken links of all doc comments, and how many links there are. */
export function brokenLinks(): { readonly broken: readonly Mention[]; readonly total: number } {
  const broken: Mention[] = [];
  let total = 0;
  for (const file of sources) {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} is not in the program`);
    for (const [, name = ''] of source.text.matchAll(/\{@(?:link|inheritDoc) ([^\s|}]+)/g)) {
      total++;
      if (!leadsSomewhere(name, source)) broken.push({ place: relative(root, file), name });
    }
  }
  return { broken, total };
}

function leadsSomewhere(link: string, source: ts.SourceFile): boolean {
  const [entry, name] = link.split('#');
  if (name !== undefined) return isExported(entry ?? '', name);
  const [first, ...members] = link.split('.');
  const symbol = checker.getSymbolsInScope(source, MEANING).find((each) => each.name === first);
  return hasMembers(symbol, members) || isExportedAnywhere(link) === true;
}

function hasMembers(symbol: ts.Symbol | undefined, [member, ...others]: readonly string[]): boolean {
  if (symbol === undefined) return false;
  if (member === undefined) return true;
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
  const own = isAlias ? checker.getAliasedSymbol(symbol) : checker.getExportSymbolOfSymbol(symbol);
  const types = [checker.getDeclaredTypeOfSymbol(own), checker.getTypeOfSymbol(own)];
  return types.some((type) => hasMembers(checker.getPropertyOfType(type, member), others));
}

function optionsOf(file: string): ts.CompilerOptions {
  const fail = ({ messageText }: ts.Diagnostic): never => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
  };
  return (
    ts.getParsedCommandLineOfConfigFile(file, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail })?.options ??
    {}
  );
}
