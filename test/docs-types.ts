/** The type check of code blocks. Each block is a module in the folder of its page; all of them are one program. */
import { join } from 'node:path';
import ts from 'typescript';
import { root, type Block } from './docs-blocks.ts';

/** The errors of the compiler, one line each: `docs/errors.md:12 +3: …` is the third line of the block at line 12. */
export function typeErrorsOf(blocks: readonly Block[]): string[] {
  const blockOf: ReadonlyMap<string, Block> = new Map(
    blocks.map((block) => [join(root, `${block.place.replace(':', '-')}.block.ts`), block]),
  );
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.test.json'),
    // A block may declare things that it does not use itself.
    { noUnusedLocals: false, noUnusedParameters: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => failOn(diagnostic) },
  );
  const options = config?.options ?? {};
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => blockOf.get(file)?.code ?? readFile(file);
  host.fileExists = (file) => blockOf.has(file) || fileExists(file);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const block = blockOf.get(file);
    // `export {}`: without an import or export a block would be a script, and share its names with the other blocks.
    return block === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, `${block.code}\nexport {};\n`, languageVersion);
  };
  const program = ts.createProgram([...blockOf.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const { file, start = 0 } = diagnostic;
    const place = file && (blockOf.get(file.fileName)?.place ?? file.fileName);
    const line = file && file.getLineAndCharacterOfPosition(start).line + 1;
    return `${place ?? 'no file'} +${String(line)}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}

function failOn({ messageText }: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
}
