import { describe, expect, it } from '@jest/globals';
import { resource, type Service } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

const open = (): number => 1;

describe('a resource', () => {
  it.each<[string, unknown[], RegExp]>([
    ['an open that is no function', [7], /open function of resource "db"/],
    ['a close that is no function', [open, 7], /close function of resource "db"/],
    ['an option that is not known', [open, undefined, { need: [] }], /resource "db".*need/],
    ['a timeout that is negative', [open, undefined, { timeout: -1 }], /timeout of resource "db"/],
  ])('C52: %s is refused, and the message names the resource', (_what, args, message) => {
    const make = resource as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => make('db', ...args)).toThrow(message);
  });

  it('C52: a status that throws is described by what it threw', () => {
    const reactor = new HandTurnedReactor();
    const broken: Service = {
      name: 'db',
      status: () => {
        throw new Error('no connection');
      },
    };
    reactor.use(broken);
    expect(reactor.describe()).toContain('status failed: no connection');
  });
});
