import { describe, expect, it } from '@jest/globals';
import { readPageRequest, readText } from '../src/entry-request.ts';
import { HttpError } from '../src/http-error.ts';

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError);
    expect((error as HttpError).status).toBe(400);
    return (error as HttpError).message;
  }
  throw new Error('this was accepted');
};

describe('the body of a new entry', () => {
  it.each(['x', ' ', 'ü€🙂', 'a\nb', '"\\"'])('text %j is taken as it is', (text) => {
    expect(readText(Buffer.from(JSON.stringify({ text })))).toBe(text);
  });

  it.each([
    ['', 'JSON'],
    ['{"text":', 'JSON'],
    ['null', '{"text"'],
    ['[]', '{"text"'],
    ['"text"', '{"text"'],
    ['{}', 'must be a string'],
    ['{"text":1}', 'must be a string'],
    ['{"text":null}', 'must be a string'],
    ['{"text":""}', 'must not be empty'],
    ['{"text":"x","id":7}', '"id"'],
    ['{"__proto__":{"text":"x"}}', '"__proto__"'],
    [String.raw`{"text":"a\u0000b"}`, 'U+0000'],
    [String.raw`{"text":"\ud83d"}`, 'surrogate'],
  ])('%s is refused with 400, and why', (body, reason) => {
    expect(refusal(() => readText(Buffer.from(body)))).toContain(reason);
  });

  it('bytes that are not UTF-8 are refused, not changed into other characters', () => {
    const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(refusal(() => readText(body))).toContain('UTF-8');
  });
});

describe('the query of a listing', () => {
  const read = (query: string) => readPageRequest(new URLSearchParams(query));

  it.each([
    ['', { after: 0, limit: 100 }],
    ['after=7', { after: 7, limit: 100 }],
    ['limit=1', { after: 0, limit: 1 }],
    ['limit=1000&after=9007199254740991', { after: Number.MAX_SAFE_INTEGER, limit: 1_000 }],
  ])('%j is taken', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each([
    ['limit=0', 'limit must be one whole number from 1 to 1000'],
    ['limit=1001', 'limit must be one whole number from 1 to 1000'],
    ['limit=', 'limit must be'],
    ['limit=ten', 'limit must be'],
    ['after=-1', 'after must be one whole number from 0 to 9007199254740991'],
    ['after=1.5', 'after must be'],
    ['after=9007199254740992', 'after must be'],
    ['after=1&after=2', 'after must be one'],
    ['offset=3', '"offset"'],
  ])('%s is refused with 400, and why', (query, reason) => {
    expect(refusal(() => read(query))).toContain(reason);
  });
});
