import { HttpError } from './http-error.ts';

/** The query of `GET /entries`. */
export interface PageRequest {
  /** Entries with a greater id are listed. */
  readonly after: number;
  /** Maximum number of entries. */
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/**
 * The text in the body of `POST /entries`, which must be `{"text": "…"}` without other keys.
 *
 * @throws HttpError 400
 */
export function readText(body: Uint8Array): string {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HttpError(400, 'the body must be {"text": "…"}');
  const unknown = Object.keys(value).filter((key) => key !== 'text');
  if (unknown.length > 0) throw new HttpError(400, `the body must be {"text": "…"}; it has ${list(unknown)}`);
  const text = 'text' in value ? value.text : undefined;
  if (typeof text !== 'string') throw new HttpError(400, 'text must be a string');
  if (text === '') throw new HttpError(400, 'text must not be empty');
  // PostgreSQL cannot store these characters unchanged, so they are an error.
  if (text.includes('\0')) throw new HttpError(400, 'text must not contain the character U+0000');
  if (/\p{Surrogate}/u.test(text)) throw new HttpError(400, 'text must not contain half of a surrogate pair');
  return text;
}

/**
 * The query of `GET /entries`: `after` (an id, defaults to 0) and `limit` (1 to 1,000, defaults to 100), each at most once.
 *
 * @throws HttpError 400
 */
export function readPageRequest(query: URLSearchParams): PageRequest {
  const unknown = [...new Set(query.keys())].filter((key) => key !== 'after' && key !== 'limit');
  if (unknown.length > 0) throw new HttpError(400, `the query takes after and limit; it has ${list(unknown)}`);
  return {
    after: readNumber(query, 'after', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    limit: readNumber(query, 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpError(400, 'the body must be JSON in UTF-8');
  }
}

function readNumber(query: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const values = query.getAll(name);
  if (values.length === 0) return undefined;
  const [text = ''] = values;
  const number = values.length === 1 && /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new HttpError(400, `${name} must be one whole number from ${min} to ${max}`);
}

const list = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');
