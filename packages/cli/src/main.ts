import { ControlError, reloadCluster, runCluster, type ClusterOptions } from '@triphase/node-reactor/cluster';
import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** The options of `triphase run`, as the parser gives them. */
interface RunOptions {
  readonly workers: number;
  readonly surge: number;
  readonly readyTimeout: number;
  readonly drainTimeout: number;
  readonly restart: boolean;
  readonly watch?: true | string[];
  readonly probesPort?: number;
  readonly probesHost?: string;
}

/** The status after arguments that cannot work, or where there is no primary to ask: nothing has begun. */
const NOT_BEGUN = 2;

/**
 * The command `triphase`, with these arguments. Prints what the user did wrong, and sets the exit status: 1 for what has failed, 2 for what
 * could not begin. Resolves when the command is over: `run` with the cluster, `reload` with its report. `version` is what `--version`
 * prints.
 *
 * @example
 * await main(['reload', '1234']);
 */
export async function main(args: readonly string[], version = 'unknown'): Promise<void> {
  const program = new Command('triphase')
    .description('Runs a program in several workers, and replaces them by a new version under load.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(triphase --help lists the commands and options)');

  program
    .command('run')
    .description('run a program in several processes that share their ports; SIGHUP and "triphase reload" replace them')
    .argument('<file>', 'the program of the workers, which calls runService')
    .argument('[args...]', 'its arguments; after -- if they begin with a dash')
    .option('-w, --workers <count>', 'how many workers serve', count, 2)
    .option('--surge <count>', 'how many more there may be during a reload', count, 1)
    .option('--ready-timeout <ms>', 'how long a worker may take to be ready; then it is stopped', milliseconds, 30_000)
    .option('--drain-timeout <ms>', 'how long a worker may take to stop, before it is killed', milliseconds, 27_000)
    .option('--no-restart', 'do not start a worker again that has ended')
    .option(
      '--watch [paths...]',
      'reload when a program file changes in these files and folders; without paths: in the folder of <file>. Write it after <file>',
    )
    .option('--probes-port <port>', 'a port for /livez, /readyz and /statusz', port)
    .option('--probes-host <address>', 'the address of that port; loopback by default')
    .action(async (file: string, rest: string[], options: RunOptions, command: Command) => {
      if (options.probesHost !== undefined && options.probesPort === undefined)
        command.error("error: option '--probes-host <address>' needs '--probes-port <port>' beside it");
      await runCluster(file, {
        ...clusterOptions(options, rest),
        setup: (primary) => {
          const pid = String(process.pid);
          const after = (): void => {
            const { workers } = options;
            const ready = workers === 1 ? '1 worker is' : `${String(workers)} workers are`;
            print(`triphase: ${ready} ready; to reload: triphase reload ${pid}`);
          };
          primary.on('startup', { after });
        },
      });
    });

  program
    .command('reload')
    .description(
      'replace the workers of a running "triphase run", and wait until that is over; status 1 if that fails, 2 if it cannot be asked',
    )
    .argument('<pid>', 'the process id of "triphase run"', processId)
    .action(async (pid: number) => {
      const { ok, text } = await reloadCluster(pid);
      print(text);
      if (!ok) process.exitCode = 1;
    });

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode !== 0) process.exitCode = NOT_BEGUN; // the parser has printed it; --help and --version have 0
      return;
    }
    if (process.exitCode !== undefined && process.exitCode !== 0) return; // a failed start has been printed already
    process.stderr.write(`triphase: ${error instanceof Error ? error.message : String(error)}\n`);
    const isNotBegun = error instanceof TypeError || error instanceof RangeError || error instanceof ControlError;
    process.exitCode = isNotBegun ? NOT_BEGUN : 1;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function clusterOptions(options: RunOptions, args: readonly string[]): ClusterOptions {
  const { workers, surge, readyTimeout, drainTimeout, restart, watch = false, probesPort, probesHost } = options;
  const probes =
    probesPort === undefined ? false : { port: probesPort, ...(probesHost !== undefined && { hostname: probesHost }) };
  return { workers, surge, readyTimeout, drainTimeout, restart, watch, probes, args };
}

function count(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 on.');
}

function milliseconds(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Give milliseconds from 1 on, such as 5000.');
}

function port(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 0 to 65535.');
}

function processId(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a process.');
}
