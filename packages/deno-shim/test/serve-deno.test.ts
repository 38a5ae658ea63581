import { describe, expect, test } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import { requestSignal, serveDeno } from '@triphase/deno-shim';

const hello = (): Response => new Response('hello\n');

describe('serveDeno on another host', () => {
  test('D12: it throws HostMissingError, which says what to use', () => {
    expect(() => serveDeno(hello, { port: 0 })).toThrow(HostMissingError);
    expect(() => serveDeno(hello, { port: 0 })).toThrow(/runs on Deno.*use serveHttp or serveBun/);
  });

  test('C65: an unknown option names the nearest one', () => {
    expect(() => serveDeno(hello, { port: 0, crt: '' } as never)).toThrow(
      'serveDeno() has no option "crt": did you mean "cert"?',
    );
  });

  test('N17: requestSignal() refuses a request that no handler got', () => {
    expect(() => requestSignal(new Request('http://localhost/'))).toThrow(TypeError);
  });
});
