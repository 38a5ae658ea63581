/**
 * `npm run api`: compares the public API of each published entry with its report, etc/*.api.md. `npm run api:update` (`--update`) rewrites the
 * reports. Both fail if an exported name or member has no comment. Needs a build: it reads the declarations in dist.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readPackages, root } from './packages.mjs';

const { update } = parseArgs({ options: { update: { type: 'boolean', default: false } } }).values;
const reportFolder = join(root, 'etc');
const reportTempFolder = mkdtempSync(join(tmpdir(), 'triphase-api-'));
mkdirSync(reportFolder, { recursive: true });

function extract(pkg, { specifier, types }) {
  const reportFileName = `${specifier.replace(/^@triphase\//, '').replaceAll('/', '-')}.api.md`;
  const messages = [];
  const undocumented = [];
  const result = Extractor.invoke(
    ExtractorConfig.prepare({
      configObject: {
        projectFolder: pkg.folder,
        mainEntryPointFilePath: join(pkg.folder, types),
        newlineKind: 'lf',
        compiler: { tsconfigFilePath: join(pkg.folder, 'tsconfig.json') },
        apiReport: { enabled: true, reportFileName, reportFolder, reportTempFolder },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
            // Everything that is exported is public: there are no release tags.
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            'ae-undocumented': { logLevel: ExtractorLogLevel.Error, addToApiReportFile: false },
          },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(pkg.folder, 'package.json'),
    }),
    {
      localBuild: update,
      messageCallback: (message) => {
        message.handled = true;
        if (message.messageId === 'ae-undocumented') {
          undocumented.push(message.formatMessageWithLocation(root));
          message.logLevel = ExtractorLogLevel.None; // this script reports it, so the extraction itself doesn't fail
        } else if (message.logLevel === 'error' || message.logLevel === 'warning') {
          messages.push(message.text);
        }
      },
    },
  );
  return {
    reportFileName,
    changed: result.apiReportChanged,
    failed: !result.succeeded,
    messages,
    undocumented,
  };
}

const reports = readPackages().flatMap((pkg) => pkg.entries.map((entry) => extract(pkg, entry)));
rmSync(reportTempFolder, { recursive: true });
const expected = new Set(reports.map((report) => report.reportFileName));
/** Reports of entries that no longer exist. */
const orphans = readdirSync(reportFolder).filter((file) => !expected.has(file));
if (update) for (const file of orphans) rmSync(join(reportFolder, file));

const problems = [
  ...reports.flatMap(({ undocumented }) => undocumented),
  ...(update ? [] : orphans.map((file) => `no entry has the report etc/${file}: run npm run api:update`)),
  ...reports
    .filter((report) => report.failed && !update)
    .map((r) =>
      r.changed
        ? `etc/${r.reportFileName} differs from dist: check the change, then run npm run api:update`
        : r.messages.join('\n'),
    ),
];
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`api: ${reports.length} reports ${update ? 'written' : 'as committed'}`);
process.exitCode = problems.length === 0 ? 0 : 1;
