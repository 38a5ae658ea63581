/**
 * Loads each entry in its arguments by `import` and by `require` in one process. Both must give the same names with the same values, since with two
 * copies of a class `instanceof` would be wrong. Prints the number of entries.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const problems = [];
const specifiers = process.argv.slice(2);
for (const specifier of specifiers) {
  const imported = await import(specifier);
  const required = require(specifier);
  // Some runtimes add these names to a CommonJS module.
  const names = (module) =>
    Object.keys(module).filter((name) => !['default', '__esModule', 'module.exports'].includes(name));
  if (names(imported).length === 0) problems.push(`${specifier}: import gives nothing`);
  if (names(imported).sort().join() !== names(required).sort().join())
    problems.push(`${specifier}: import and require differ`);
  for (const name of names(imported)) {
    if (imported[name] !== required[name]) problems.push(`${specifier}: two copies of ${name}`);
  }
}
for (const problem of problems) console.error(problem);
console.log(`${specifiers.length} entries`);
if (problems.length > 0) process.exit(1);
