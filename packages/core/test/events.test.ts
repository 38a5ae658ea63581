import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const here = import.meta.dirname;
const usage = `${here}/event-types.usage.ts`;

// The libraries are parsed once: they are most of the work.
const parsed: Map<string, ts.SourceFile | undefined> = new Map();

/** The errors of the compiler for a file. `text`: compiles this in place of its content. */
function errorsOf(file: string, text?: string): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${here}/../../../tsconfig.test.json`,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  if (config === undefined) throw new Error('tsconfig.test.json cannot be read');
  const host = ts.createCompilerHost(config.options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options) => {
    if (name === file && text !== undefined) return ts.createSourceFile(name, text, options);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, options));
    return parsed.get(name);
  };
  const compiled = ts.createProgram([file], config.options, host);
  const source = compiled.getSourceFile(file);
  if (source === undefined) throw new Error(`${file} is not part of the program`);
  return [...compiled.getSyntacticDiagnostics(source), ...compiled.getSemanticDiagnostics(source)].map(
    ({ start, messageText }) =>
      `${ts.getLineAndCharacterOfPosition(source, start ?? 0).line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

describe('the types of events', () => {
  it('C8: correct uses compile, and each mistake is a compile error', () => {
    expect(errorsOf(usage)).toEqual([]);
  }, 60_000);

  it('C8: this test fails for a mistake that compiles, and for an unexpected compile error', () => {
    const text = ts.sys.readFile(usage) ?? '';
    const harmless = text.replace(
      "void reactor.fire('reload', { path: 1 });",
      "void reactor.fire('reload', { path: '1' });",
    );
    expect(errorsOf(usage, harmless).join()).toMatch(/^\d+: Unused '@ts-expect-error' directive\.$/);
    const wrong = text.replace("await reactor.fire('maybe', 7);", "await reactor.fire('maybe', '7');");
    expect(errorsOf(usage, wrong).join()).toMatch(/^\d+: Argument of type 'string' is not assignable/);
  }, 60_000);
});
