/**
 * `npm run docs:api`: builds the API reference of all packages with TypeDoc, as one site in `reference`, which Git ignores. The entries are those
 * that each `package.json` exports. Every warning is an error: a broken link, a `{@link}` to a name that doesn't exist, a public type that no
 * entry exports (the `typedoc.json` of a package lists the exceptions). Needs a build: the packages read each other's declarations.
 */
import { join } from 'node:path';
import { Application } from 'typedoc';
import { readPackages, root } from './packages.mjs';

const validation = { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true };
const app = await Application.bootstrap({
  name: 'Triphase',
  entryPointStrategy: 'packages',
  entryPoints: readPackages().map(({ folder }) => folder),
  packageOptions: {
    readme: 'none',
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    skipErrorChecking: true, // `npm run typecheck` checks the types.
    validation,
  },
  readme: 'none',
  out: join(root, 'reference'),
  validation,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  logLevel: 'Warn',
});

const project = await app.convert();
if (project !== undefined) {
  // TypeDoc gives no name to the main entry of a package with several entries.
  const mains = project.children?.flatMap(({ children = [] }) => children.filter(({ name }) => name === ''));
  for (const main of mains ?? []) main.name = 'index';
  app.validate(project);
  await app.generateOutputs(project);
}
const failed = project === undefined || app.logger.hasErrors() || app.logger.hasWarnings();
if (!failed) console.log(`docs: ${readPackages().length} packages in reference`);
process.exitCode = failed ? 1 : 0;
