import { expect, test } from '@jest/globals';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const core = join(import.meta.dirname, '..', 'packages', 'core');

/** Compiles `code` as a file of core, with the settings of core. Gives the errors. */
function compileInCore(code: string): string[] {
  const probe = join(core, 'src', 'probe-of-a-test.ts');
  const config = ts.getParsedCommandLineOfConfigFile(
    join(core, 'tsconfig.json'),
    { noEmit: true },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  )!;
  // The file exists only for the compiler: nothing is written.
  const host = ts.createCompilerHost(config.options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === probe || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === probe ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  host.getCurrentDirectory = () => dirname(probe);
  const program = ts.createProgram([probe], config.options, host);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(probe))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

test.each(['setTimeout', 'queueMicrotask', 'performance', 'console', 'process', 'document', 'AbortController'])(
  'D10: in core, the global `%s` is a compile error',
  (name) => {
    expect(compileInCore(`export const probe: unknown = ${name};`)).toEqual([
      expect.stringMatching(new RegExp(`^Cannot find name '${name}'`)),
    ]);
  },
);

test('D10: in core, ES2022 and Symbol.dispose compile', () => {
  expect(compileInCore('export const probe: unknown = [new AggregateError([]), new Map(), Symbol.dispose];')).toEqual(
    [],
  );
});

test('D10: in core, an import of a module of Node is a compile error', () => {
  expect(compileInCore("import { readFileSync } from 'node:fs';\nexport const probe: unknown = readFileSync;")).toEqual(
    [expect.stringMatching(/^Cannot find \w+ 'node:fs'/)],
  );
});
