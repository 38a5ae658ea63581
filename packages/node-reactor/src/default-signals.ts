/** The signals that mean the process is to stop, here (N4). */
export function defaultSignals(process: NodeJS.Process): readonly string[] {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  if (process.platform === 'win32') signals.push('SIGBREAK');
  if (isUnderNodemon(process)) signals.push('SIGUSR2');
  return signals;
}

/**
 * Whether nodemon runs this program: only then SIGUSR2, which nodemon sends before a restart, means stop. Often the command that has
 * started the program is the only sign.
 */
function isUnderNodemon({ env, versions }: NodeJS.Process): boolean {
  // On Deno each variable that is read needs a permission.
  if (versions['deno'] !== undefined) return false;
  if (env['NODEMON'] !== undefined) return true;
  return [env['_'], env['npm_lifecycle_script']].some((started) => started?.includes('nodemon') === true);
}
