/**
 * `npm run api`: the public API of each published entry must be what etc/*.api.md says; `npm run api:update` rewrites those
 * files. Every name an entry exports, and every member of one, has a comment: one without is an error in both. Reads the
 * declarations in dist, so it wants a build first.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPackages, root } from './packages.mjs';

const update = process.argv.includes('--update');
const reportFolder = join(root, 'etc');
const reportTempFolder = mkdtempSync(join(tmpdir(), 'triphase-api-'));
mkdirSync(reportFolder, { recursive: true });

function extract(pkg, { specifier, types }) {
  const reportFileName = `${specifier.replace(/^@triphase\//, '').replaceAll('/', '-')}.api.md`;
  const messages = [];
  const bare = [];
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
            // Everything that is exported is public; no release tags.
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
          bare.push(message.formatMessageWithLocation(root));
          message.logLevel = ExtractorLogLevel.None; // counted here: neither `failed` nor the report is about it
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
    bare,
  };
}

const reports = readPackages().flatMap((pkg) => pkg.entries.map((entry) => extract(pkg, entry)));
rmSync(reportTempFolder, { recursive: true });
const expected = new Set(reports.map((report) => report.reportFileName));
const orphans = readdirSync(reportFolder).filter((file) => !expected.has(file));
if (update) for (const file of orphans) rmSync(join(reportFolder, file));

const problems = [
  ...reports.flatMap(({ bare }) => bare),
  ...(update ? [] : orphans.map((file) => `etc/${file} is of no entry`)),
  ...reports
    .filter((report) => report.failed && !update)
    .map((r) =>
      r.changed
        ? `etc/${r.reportFileName} is not what dist says: look at the change, then npm run api:update`
        : r.messages.join('\n'),
    ),
];
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`api: ${reports.length} reports ${update ? 'written' : 'as committed'}`);
process.exitCode = problems.length === 0 ? 0 : 1;
