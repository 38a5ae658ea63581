import { ListenError } from './errors.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process uses it: stop that process, or choose another port',
  EACCES: 'this user may not use it: choose a port above 1023, or change the permissions',
  EADDRNOTAVAIL: 'this machine does not have that address: check hostname',
  ENOTFOUND: 'this name has no address: check hostname',
  EINVAL: 'it is not something to listen on: check fd',
  EPERM: 'the program has no permission to listen there: run it with --allow-net',
};

/** A server could not listen. `where`: `port 3000`; `code`: such as `EADDRINUSE`, or a message; `remedy`: in place of the usual one. */
export function cannotListen(
  name: string,
  where: string,
  code: string,
  cause: unknown,
  remedy: string | undefined = REMEDIES[code],
): ListenError {
  const what = remedy ?? (cause instanceof Error ? cause.message : code);
  return new ListenError(`Service "${name}" cannot listen on ${where} (${code}): ${what}`, { cause });
}
