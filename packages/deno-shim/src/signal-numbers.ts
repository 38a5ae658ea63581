/** The signal numbers that Linux and macOS have in common. Those that differ are in the lists below. */
const COMMON: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
};

const LINUX: Readonly<Record<string, number>> = {
  SIGBUS: 7,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGTSTP: 20,
  SIGURG: 23,
  SIGIO: 29,
  SIGPOLL: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

const MACOS: Readonly<Record<string, number>> = {
  SIGEMT: 7,
  SIGBUS: 10,
  SIGSYS: 12,
  SIGURG: 16,
  SIGTSTP: 18,
  SIGCONT: 19,
  SIGCHLD: 20,
  SIGIO: 23,
  SIGINFO: 29,
  SIGUSR1: 30,
  SIGUSR2: 31,
};

const WINDOWS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGBREAK: 21 };

/** Undefined for a signal that this system does not have. */
export function signalNumber(os: string, signal: string): number | undefined {
  if (os === 'windows') return WINDOWS[signal];
  const own = os === 'darwin' || os === 'freebsd' || os === 'netbsd' ? MACOS : LINUX;
  return own[signal] ?? COMMON[signal];
}
