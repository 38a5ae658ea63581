import { describe, expect, it } from '@jest/globals';
import { resource, type Service } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

const open = (): number => 1;

describe('a resource', () => {
  it.each<{ readonly what: string; readonly args: unknown[]; readonly message: RegExp }>([
    { what: 'an open that is no function', args: [7], message: /open function of resource "db"/ },
    { what: 'a close that is no function', args: [open, 7], message: /close function of resource "db"/ },
    { what: 'an option that is not known', args: [open, undefined, { need: [] }], message: /resource "db".*need/ },
    {
      what: 'a timeout that is negative',
      args: [open, undefined, { timeout: -1 }],
      message: /timeout of resource "db"/,
    },
  ])('C52: $what is refused, and the message names the resource', ({ args, message }) => {
    const make = resource as (...args: unknown[]) => unknown; // as: callers without types
    expect(() => make('db', ...args)).toThrow(message);
  });

  it('C52: an object in place of the name is refused, and the message shows a right call', () => {
    const make = resource as (options: unknown) => unknown; // as: callers without types
    expect(() => make({ name: 'db', open })).toThrow(
      new TypeError(
        "The name of a service is an object: give a string that isn't empty, as in resource('db', open, close)",
      ),
    );
  });

  it('C52: describe() shows the error of a status that throws', () => {
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
