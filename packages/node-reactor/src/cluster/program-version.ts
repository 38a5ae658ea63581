import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The `version` in the package.json nearest to a program; undefined if there is none. Read anew each time: a deploy changes it. */
export function versionOf(main: string): string | undefined {
  try {
    let folder = dirname(realpathSync(main)); // `current/server.js` is often a link to the newest folder
    for (let above = dirname(folder); folder !== above; [folder, above] = [above, dirname(above)]) {
      const version = versionIn(join(folder, 'package.json'));
      if (version !== undefined) return version;
    }
  } catch {
    // The program is missing: the worker that runs it says so.
  }
  return undefined;
}

function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown }; // as: checked below
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
