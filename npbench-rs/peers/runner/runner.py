"""Runs one program under one framework, driven by JSON lines on standard input; answers with one JSON line each.

Argument: a JSON object that names the framework, its mode and what is to be run. The first answer comes when the program
is compiled. `with_NAME.py` beside this file knows the framework: its `prepare(task)` gives the version, the callable, and
how long compiling took.
"""
import gc
import importlib
import json
import os
import re
import sys
import time

# The answers need a channel of their own: a program or a compiler may print.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**fields):
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


def short(error):
    """An error in one line."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    text = " ".join(text.split())
    return f"{type(error).__name__}: {text}"[:400]


class Task:
    """What to run: the description that the measuring process left, and how."""

    def __init__(self, request):
        with open(request["description"]) as file:
            description = json.load(file)
        self.name = description["function"]
        self.written = description["written"]
        self.sizes = description["sizes"]
        self.text_path = description["text"]
        self.mode = request["mode"]
        self.cache = request["cache"]
        self.variant = request.get("variant")
        with open(self.variant or self.text_path) as file:
            self.text = file.read()
        import numpy as np

        self.names = [argument["name"] for argument in description["arguments"]]
        self.arguments = []
        for argument in description["arguments"]:
            if "file" in argument:
                self.arguments.append(np.load(argument["file"]))
            elif argument["float"]:
                self.arguments.append(np.float64(argument["value"]))
            else:
                self.arguments.append(int(argument["value"]))


class Program:
    """A compiled program whose function takes NumPy arrays, writes into some and returns others."""

    def __init__(self, function, task):
        self.function, self.task = function, task
        self.arguments = task.arguments
        self.pristine = {position: self.arguments[position].copy() for position in task.written}
        self.returned = []

    def restore(self):
        self.returned = []
        for position, values in self.pristine.items():
            self.arguments[position][...] = values

    def call(self):
        result = self.function(*self.arguments)
        self.returned = [] if result is None else list(result) if isinstance(result, (tuple, list)) else [result]

    def results(self):
        return [self.arguments[position] for position in self.task.written] + self.returned


def timed(program):
    program.restore()
    gc.collect()
    begin = time.perf_counter()
    program.call()
    return time.perf_counter() - begin


def obey(program, command):
    if command["command"] == "run":
        times, begin = [], time.perf_counter()
        timed(program)
        while len(times) < command["repeat"]:
            times.append(timed(program))
            if time.perf_counter() - begin > command["limit_s"]:
                break
        return {"times": times}
    if command["command"] == "save":
        import numpy as np

        results = program.results()
        for position, result in enumerate(results):
            np.save(os.path.join(command["directory"], f"result_{position}.npy"), np.asarray(result))
        return {"saved": len(results)}
    raise ValueError(f"unknown command {command['command']}")


def main():
    request = json.loads(sys.argv[1])
    if hasattr(os, "sched_setaffinity"):
        # Some frameworks take as many threads as they see processors, whatever the environment says.
        processors = sorted(os.sched_getaffinity(0))
        if request["threads"] < len(processors):
            os.sched_setaffinity(0, processors[: request["threads"]])
    try:
        framework = importlib.import_module("with_" + request["framework"])
        version, program, compile_s = framework.prepare(Task(request))
    except Exception as error:
        answer(error=short(error))
        return
    answer(ready=True, version=version, compile_s=compile_s)
    for line in sys.stdin:
        try:
            answer(**obey(program, json.loads(line)))
        except Exception as error:
            answer(error=short(error))


if __name__ == "__main__":
    main()
