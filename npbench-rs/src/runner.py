"""Runs one program under NumPy, driven by JSON lines on standard input; answers with one JSON line each.

Arguments: the file with the program's text, and the file that describes its arguments.
"""
import gc
import json
import os
import sys
import time
import types

import numpy as np

# The answers need a channel of their own: a program may print.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**fields):
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


def namespace():
    """What the text may name: NumPy, its types, and `dace`, whose decorators do nothing here."""

    def program(function=None, **_options):
        return function if callable(function) else lambda function: function

    dace = types.ModuleType("dace")
    dace.program = program
    names = {"__name__": "program", "np": np, "numpy": np, "dace": dace}
    for name in ("int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
                 "float32 float64 complex64 complex128").split():
        names[name] = getattr(np, name)
        setattr(dace, name, getattr(np, name))
    return names


def load(text_path, manifest):
    with open(text_path) as file:
        # Annotations name sizes that Python does not know: they must stay unevaluated.
        text = "from __future__ import annotations\n" + file.read()
    names = namespace()
    exec(compile(text, text_path, "exec"), names)
    arguments = []
    for argument in manifest["arguments"]:
        if "file" in argument:
            arguments.append(np.load(argument["file"]))
        elif argument["float"]:
            arguments.append(np.float64(argument["value"]))
        else:
            arguments.append(int(argument["value"]))
    return names[manifest["function"]], arguments


def main():
    with open(sys.argv[2]) as file:
        manifest = json.load(file)
    function, arguments = load(sys.argv[1], manifest)
    written = manifest["written"]
    pristine = {position: arguments[position].copy() for position in written}
    returned = []
    # As NPBench does: the programs divide by zero and average nothing on purpose.
    np.seterr(all="ignore")
    import warnings
    warnings.simplefilter("ignore")

    def call():
        nonlocal returned
        returned = None
        for position in written:
            arguments[position][...] = pristine[position]
        gc.collect()
        begin = time.perf_counter()
        result = function(*arguments)
        elapsed = time.perf_counter() - begin
        returned = [] if result is None else list(result) if isinstance(result, tuple) else [result]
        return elapsed

    answer(ready=True, numpy=np.__version__)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            if command["command"] == "run":
                times, begin = [], time.perf_counter()
                call()
                while len(times) < command["repeat"]:
                    times.append(call())
                    if time.perf_counter() - begin > command["limit_s"]:
                        break
                answer(times=times)
            elif command["command"] == "save":
                results = [arguments[position] for position in written] + returned
                for position, result in enumerate(results):
                    np.save(os.path.join(command["directory"], f"reference_{position}.npy"), result)
                answer(saved=len(results))
            else:
                answer(error=f"unknown command {command['command']}")
        except Exception as error:
            answer(error=f"{type(error).__name__}: {error}")


main()
