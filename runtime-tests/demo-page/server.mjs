import { root } from '../../scripts/packages.mjs';
import { endGroup, spawnGroup } from '../engines/process-groups.mjs';

/** Runs `npm run demo:page` on a free port, which builds the page and serves it. Resolves with its address. */
export function serveDemoPage() {
  const child = spawnGroup('npm', ['run', 'demo:page', '--silent', '--', '--port', '0', '--host', '127.0.0.1'], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(output) ?? [];
      if (address !== undefined) resolve({ address, close: () => endGroup(child.pid) });
    });
    child.once('close', () => reject(new Error(`npm run demo:page has ended: ${output}`)));
  });
}
