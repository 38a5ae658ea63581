/** The gate `npm run check -- jsr`: `deno publish --dry-run` must accept all packages, without slow types (D6). Publishes nothing. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inCI, run } from './command.mjs';
import { readPackages, root } from './packages.mjs';

const deno = join(root, 'runtime-tests', 'runtimes', 'node_modules', '@deno', 'linux-x64-glibc', 'deno');

if (existsSync(deno)) {
  const { code, output } = await run(deno, ['publish', '--dry-run', '--allow-dirty'], { env: { NO_COLOR: '1' } });
  if (code === 0) console.log(`jsr: ${readPackages().length} packages can be published`);
  else console.error(output);
  process.exitCode = code;
} else {
  console.log('jsr: skipped, Deno is not installed: run npm run setup');
  process.exitCode = inCI ? 1 : 0;
}
