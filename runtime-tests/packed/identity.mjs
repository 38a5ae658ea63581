/**
 * Loads each given entry by `import` and by `require` in one process: the same names, and the same value under each name
 * (two copies of a class would make `instanceof` lie). The last line counts.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const problems = [];
const specifiers = process.argv.slice(2);
for (const specifier of specifiers) {
  const imported = await import(specifier);
  const required = require(specifier);
  // Where a runtime gives a CommonJS module a `default`, that is its own doing.
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
