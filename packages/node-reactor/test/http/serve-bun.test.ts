import { describe, expect, test } from '@jest/globals';
import { HostMissingError } from '@triphase/core';
import { serveBun } from '@triphase/node-reactor/http';

const hello = (): Response => new Response('hello\n');

describe('serveBun on another host', () => {
  test('D12: it throws HostMissingError, which says what to use', () => {
    expect(() => serveBun(hello, { port: 0 })).toThrow(HostMissingError);
    expect(() => serveBun(hello, { port: 0 })).toThrow(/runs on Bun.*use serveHttp here/);
  });

  test('C65: an unknown option names the nearest one', () => {
    expect(() => serveBun(hello, { port: 0, leedTime: 1 } as never)).toThrow(
      'serveBun() has no option "leedTime": did you mean "leadTime"?',
    );
  });
});
