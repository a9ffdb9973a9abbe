"""A recorder in the process of the tests; and functions that are stood in for: they return, store and fail as is said."""

import itertools

import winsock_ctypes
from winsock_ctypes import SetLastError
from winsock_ctypes.trace.places import RecordedFunction
from winsock_ctypes.trace.recorder import Recorder


class StandIn:
    """As a function of the DLLs: its declaration is the real one's."""

    def __init__(self, name, result, error, does):
        real = getattr(winsock_ctypes, name)
        self.__name__, self.__doc__, self.__wrapped__ = name, real.__doc__, real.__wrapped__
        self.names, self.types = real.names, real.types
        self.result, self.error, self.does = result, error, does

    def __call__(self, *arguments, **named):
        if self.does:
            self.does()
        SetLastError(self.error)
        return self.result


class Recorded:
    """Its events, and those of one kind."""

    def __init__(self):
        self.events = []
        ticks = itertools.count()
        self.recorder = Recorder(self.events.append, clock=lambda: 1000 + next(ticks) / 3000)

    def of(self, kind, fn=None):
        return [event for event in self.events if event["e"] == kind and fn in (None, event.get("fn"))]

    def kinds(self):
        return [event["e"] for event in self.events]


class Calls(Recorded):
    """Calls functions, and sees what is written of it."""

    def function(self, name, result=0, error=0, does=None):
        return RecordedFunction(self.recorder, StandIn(name, result, error, does))

    def do(self, name, *arguments, result=0, error=0, does=None, **named):
        """The call, and its return."""
        function = self.function(name, result, error, does)
        assert function(*arguments, **named) == result
        return self.last()

    def last(self):
        """The last return, after its call."""
        back = self.of("return")[-1]
        return next(event for event in self.of("call") if event["n"] == back["n"]), back
