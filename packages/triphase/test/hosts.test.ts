import { describe, expect, test } from '@jest/globals';
import { HostMissingError, ReactorBase } from '@triphase/core';
import * as browser from '../src/browser.ts';
import * as bun from '../src/bun.ts';
import * as deno from '../src/deno.ts';
import * as other from '../src/index.ts';
import * as node from '../src/node.ts';

const hosts = { browser, bun, deno, node, other };
const hello = (): Response => new Response('hello\n');

describe.each(Object.entries(hosts).map(([host, entry]) => ({ host, entry })))('the entry for $host', ({ entry }) => {
  test('D12: it exports the same names as every other entry', () => {
    expect(Object.keys(entry).sort()).toEqual(Object.keys(node).sort());
  });

  test('D7: createReactor() makes a reactor', () => {
    expect(entry.createReactor()).toBeInstanceOf(ReactorBase);
  });
});

describe.each([
  { host: 'a page or a worker', entry: browser },
  { host: 'another host', entry: other },
])('D12: on $host', ({ host, entry }) => {
  test('functions that need a process or a server throw HostMissingError', async () => {
    await expect(entry.runService(() => undefined)).rejects.toThrow(`and this is ${host}`);
    await expect(entry.runMain(() => undefined)).rejects.toThrow(HostMissingError);
    expect(() => entry.serve(hello, { port: 0 })).toThrow(HostMissingError);
    expect(() => entry.requestSignal(new Request('http://localhost/'))).toThrow(HostMissingError);
  });
});

test('D7: the reactor of other hosts runs by setTimeout', async () => {
  const reactor = other.createReactor();
  const seen: string[] = [];
  reactor.on('startup', () => seen.push('startup'));
  reactor.callLater(1, () => void reactor.stop());
  reactor.on('shutdown', () => seen.push('shutdown'));
  await reactor.run();
  expect(seen).toEqual(['startup', 'shutdown']);
});

test('D13: wrong options of serve() are refused at once', () => {
  expect(() => node.serve(hello, { prot: 1 } as never)).toThrow('serve() has no option "prot": did you mean "port"?');
  expect(() => node.serve(hello, {} as never)).toThrow('serve() does not know where to listen: give a port');
  expect(() => node.serve(hello, { port: '80' } as never)).toThrow(/port is the string "80": give a number/);
  expect(() => node.serve('hello' as never, { port: 0 })).toThrow('The handler of serve() is string: pass a function');
});
