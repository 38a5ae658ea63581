"""The program of the topic `twisted`: measures Twisted's reactor.

Reads lines `case operations`, and answers each with the CPU time of one operation in nanoseconds.
"""

import random
import sys
from time import process_time_ns

from twisted.internet import reactor
from twisted.internet.base import _ThreePhaseEvent


def noop():
    pass


def pair(operations):
    later = reactor.callLater
    start = process_time_ns()
    for _ in range(operations):
        later(30, noop).cancel()
    return process_time_ns() - start


def replace(operations, count=1000):
    """Cancels a random call and adds one, as a server does. The reactor gets a turn after every thousand."""
    live = [reactor.callLater(30, noop) for _ in range(count)]
    reactor.runUntilCurrent()
    places = [random.randrange(count) for _ in range(operations)]
    later = reactor.callLater
    start = process_time_ns()
    for index, place in enumerate(places):
        live[place].cancel()
        live[place] = later(30, noop)
        if index % 1000 == 999:
            reactor.runUntilCurrent()
    used = process_time_ns() - start
    for call in live:
        call.cancel()
    reactor.runUntilCurrent()
    return used


def sooner(operations, count=10000):
    live = [reactor.callLater(60, noop) for _ in range(count)]
    reactor.runUntilCurrent()
    places = random.sample(range(count), operations)
    start = process_time_ns()
    for place in places:
        live[place].reset(30)
    used = process_time_ns() - start
    for call in live:
        call.cancel()
    reactor.runUntilCurrent()
    return used


def post(operations):
    done = []
    start = process_time_ns()
    for _ in range(operations - 1):
        reactor.callFromThread(noop)
    reactor.callFromThread(done.append, True)
    while not done:
        reactor.iterate(0)
    return process_time_ns() - start


def fire(operations):
    event = _ThreePhaseEvent()
    for _ in range(operations):
        event.addTrigger("during", noop)
    start = process_time_ns()
    event.fireEvent()
    return process_time_ns() - start


def register(operations):
    event = _ThreePhaseEvent()
    order = random.sample(range(operations), operations)
    start = process_time_ns()
    handles = [event.addTrigger("during", noop, index) for index in range(operations)]
    for index in order:
        event.removeTrigger(handles[index])
    return process_time_ns() - start


CASES = {f.__name__: f for f in (pair, replace, sooner, post, fire, register)}

for line in sys.stdin:
    name, operations = line.split()
    print(CASES[name](int(operations)) / int(operations), flush=True)
