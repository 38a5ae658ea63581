interface Console {
  warn(...args: unknown[]): void;
}

const globals = globalThis as unknown as { readonly console: Console }; // as: compiled without any host's types

let isMuted = false;

/**
 * Deno prints a warning when the first request ends whose signal was read, since it aborts that signal after each answer. Here nothing takes
 * that for an abort, so there is nothing to warn of (N26): that one line is left out, once, and `console.warn` is then as it was.
 */
export function muteLegacyWarning(): void {
  if (isMuted) return;
  isMuted = true;
  const { console } = globals;
  const { warn } = console;
  const filter = (...args: unknown[]): void => {
    if (!String(args[0]).startsWith('Deno.serve: request.signal aborts on successful responses')) {
      warn.apply(console, args);
      return;
    }
    if (console.warn === filter) Reflect.set(console, 'warn', warn);
  };
  Reflect.set(console, 'warn', filter);
}
