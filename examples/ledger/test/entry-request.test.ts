import { describe, expect, it } from '@jest/globals';
import { readPageRequest, readText } from '../src/entry-request.ts';
import { HttpError } from '../src/http-error.ts';

/** The message of the error that `read` throws. */
const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError);
    expect((error as HttpError).status).toBe(400);
    return (error as HttpError).message;
  }
  throw new Error('the input was accepted');
};

describe('the body of a new entry', () => {
  it.each(['x', ' ', 'ü€🙂', 'a\nb', '"\\"'])('the text %j is accepted unchanged', (text) => {
    expect(readText(Buffer.from(JSON.stringify({ text })))).toBe(text);
  });

  it.each([
    { body: '', reason: 'JSON' },
    { body: '{"text":', reason: 'JSON' },
    { body: 'null', reason: '{"text"' },
    { body: '[]', reason: '{"text"' },
    { body: '"text"', reason: '{"text"' },
    { body: '{}', reason: 'must be a string' },
    { body: '{"text":1}', reason: 'must be a string' },
    { body: '{"text":null}', reason: 'must be a string' },
    { body: '{"text":""}', reason: 'must not be empty' },
    { body: '{"text":"x","id":7}', reason: '"id"' },
    { body: '{"__proto__":{"text":"x"}}', reason: '"__proto__"' },
    { body: String.raw`{"text":"a\u0000b"}`, reason: 'U+0000' },
    { body: String.raw`{"text":"\ud83d"}`, reason: 'surrogate' },
  ])('$body is refused with 400 and the reason $reason', ({ body, reason }) => {
    expect(refusal(() => readText(Buffer.from(body)))).toContain(reason);
  });

  it('bytes that are not UTF-8 are refused', () => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(refusal(() => readText(body))).toContain('UTF-8');
  });
});

describe('the query of a listing', () => {
  const read = (query: string) => readPageRequest(new URLSearchParams(query));

  it.each([
    { query: '', expected: { after: 0, limit: 100 } },
    { query: 'after=7', expected: { after: 7, limit: 100 } },
    { query: 'limit=1', expected: { after: 0, limit: 1 } },
    { query: 'limit=1000&after=9007199254740991', expected: { after: Number.MAX_SAFE_INTEGER, limit: 1_000 } },
  ])('the query "$query" is accepted', ({ query, expected }) => {
    expect(read(query)).toEqual(expected);
  });

  it.each([
    { query: 'limit=0', reason: 'limit must be one whole number from 1 to 1000' },
    { query: 'limit=1001', reason: 'limit must be one whole number from 1 to 1000' },
    { query: 'limit=', reason: 'limit must be' },
    { query: 'limit=ten', reason: 'limit must be' },
    { query: 'after=-1', reason: 'after must be one whole number from 0 to 9007199254740991' },
    { query: 'after=1.5', reason: 'after must be' },
    { query: 'after=9007199254740992', reason: 'after must be' },
    { query: 'after=1&after=2', reason: 'after must be one' },
    { query: 'offset=3', reason: '"offset"' },
  ])('the query "$query" is refused with 400 and the reason $reason', ({ query, reason }) => {
    expect(refusal(() => read(query))).toContain(reason);
  });
});
