import { listed, printable, printableLines } from './printable.ts';

/** The maximum number of errors in one description: the error itself, its causes and the parts of an `AggregateError`. */
const MAX_SHOWN = 10;

const NOT_SHOWN = 'a value that cannot be shown';

/** What to do about a system error. Its own message says what happened and where. */
const REMEDIES: Readonly<Record<string, string | undefined>> = {
  EADDRINUSE: 'Stop the process that uses it, or listen elsewhere',
  EACCES: 'Change the permissions, or use another path or port',
  ECONNREFUSED: 'Start what listens there, or check the address',
  ENOENT: 'Check the path, or PATH for the name of a program',
  ENOTFOUND: 'Check the host name',
};

/** The properties that are read from a thrown value. */
interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
}

/**
 * For runtime packages: describes a thrown value with its stack, its causes and the parts of an `AggregateError`, each once. `isBrief`:
 * leaves out the stack of a system error, which adds nothing to its message.
 */
export function describeThrown(error: unknown, isBrief = false): string {
  const texts: Map<unknown, string> = new Map();
  const describe = (thrown: unknown, lead: string): void => {
    if (texts.size > MAX_SHOWN || texts.has(thrown)) return;
    // Marks it as seen. The first error above the maximum stays `…`, which stands for all the others.
    texts.set(thrown, '…');
    if (texts.size > MAX_SHOWN) return;
    let shown: Shown = { text: NOT_SHOWN, parts: [] };
    try {
      shown = show(thrown, isBrief);
    } catch {
      // `shown` keeps its default.
    }
    const { text, parts, remedy } = shown;
    texts.set(thrown, printableLines(lead + text));
    for (const part of parts) if (part !== undefined) describe(part, 'caused by ');
    if (remedy === undefined) return;
    texts.delete(remedy); // moved to the end: shown once, after all errors that it is for
    texts.set(remedy, `    ${remedy}`);
  };
  describe(error, '');
  return [...texts.values()].join('\n');
}

interface Shown {
  readonly text: string;
  readonly parts: readonly unknown[];
  readonly remedy?: string | undefined;
}

function show(thrown: unknown, isBrief: boolean): Shown {
  if (!isError(thrown)) return { text: textOf(thrown), parts: [] };
  const { message, stack, cause, errors, code } = thrown;
  const head = `${thrown as Error}`; // as: it has the toString of one
  const parts: unknown[] = Array.isArray(errors) ? [...(errors as unknown[])] : [];
  // Skip a cause that the message already names by its code.
  if (!(isSystemError(cause) && head.includes(String(cause.code)))) parts.push(cause);
  if (isBrief && isSystemError(thrown)) return { text: head, parts, remedy: REMEDIES[String(code)] };
  if (typeof stack !== 'string') return { text: head, parts };
  // Where a class has a getter for `name`, the stack of JavaScriptCore begins with the name of its base class.
  const plain = `Error: ${String(message)}`;
  if (stack.startsWith(plain)) return { text: head + stack.slice(plain.length), parts };
  // Firefox and WebKit leave the message out of the stack.
  return { text: stack.includes(String(message)) ? stack : `${head}\n${stack}`, parts };
}

/** The message of an error, or whatever was thrown, on one line of at most 4,000 characters. */
export function messageOf(error: unknown, depth = 0): string {
  try {
    if (!isError(error)) return printable(textOf(error), 4_000);
    const { message, errors, name } = error;
    const parts = Array.isArray(errors) && depth < 3 ? listed(errors, (each) => messageOf(each, depth + 1), '; ') : '';
    return printable(message === '' ? parts || name : String(message), 4_000);
  } catch {
    return NOT_SHOWN;
  }
}

/** Whether it is an error, of this realm or another one. */
function isError(error: unknown): error is Thrown {
  return error instanceof Error || (isObject(error) && typeof error.stack === 'string');
}

/** The classes of Deno for what the system refuses. */
const DENO_ERROR =
  /^(?:Addr(?:InUse|NotAvailable)|Connection(?:Refused|Reset|Aborted)|NotConnected|NotFound|NotCapable|PermissionDenied|AlreadyExists|TimedOut)$/;

/** Whether it is a system error, with a `code` and a `syscall` or of a class of Deno, or an error with a `code` that wraps one. */
function isSystemError(error: unknown): error is Thrown {
  if (!isObject(error)) return false;
  const { code, syscall, name, cause, errors } = error;
  if (isOfDeno(name)) return true;
  if (typeof code !== 'string') return false;
  return [{ syscall }, cause, Array.isArray(errors) && errors[0]].some(
    (each) => isObject(each) && (typeof each.syscall === 'string' || isOfDeno(each.name)),
  );
}

/** Compares the name, not the class: the error may come from another copy of Deno's classes. */
function isOfDeno(name: unknown): boolean {
  return typeof name === 'string' && DENO_ERROR.test(name);
}

function isObject(value: unknown): value is Thrown {
  return typeof value === 'object' && value !== null;
}

/** The text of a thrown value that isn't an error. An object, such as a stop reason, is shown as JSON. */
function textOf(value: unknown): string {
  return isObject(value) ? JSON.stringify(shallow(value, 3)) : String(value);
}

/** A part of a value that is small enough to be shown: what was thrown may hold a buffer of megabytes. */
function shallow(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, 4_000);
  if (typeof value === 'bigint') return String(value);
  if (!isObject(value)) return value;
  if (ArrayBuffer.isView(value) || depth === 0) return Object.prototype.toString.call(value);
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => shallow(item, depth - 1));
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return shallow((toJSON as () => unknown).call(value), depth - 1);
  const keys = Object.keys(value).slice(0, 20);
  return Object.fromEntries(keys.map((key) => [key, shallow((value as Record<string, unknown>)[key], depth - 1)]));
}
