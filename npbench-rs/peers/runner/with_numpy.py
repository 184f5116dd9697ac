"""NumPy runs the text as it is."""
import types
import warnings

import numpy as np

from runner import Program

TYPES = ("bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
         "float32 float64 complex64 complex128").split()


def namespace():
    """What the text may name: NumPy, its types, and `dace`, whose decorators do nothing here."""

    def program(function=None, **_options):
        return function if callable(function) else lambda function: function

    dace = types.ModuleType("dace")
    dace.program = program
    names = {"__name__": "program", "np": np, "numpy": np, "dace": dace}
    for name in TYPES:
        names[name] = getattr(np, name)
        setattr(dace, name, getattr(np, name))
    return names


def source(task):
    # Annotations name sizes that Python does not know: they must stay unevaluated.
    return "from __future__ import annotations\n" + task.text


def define(text, path, names):
    """Defines the functions of a text among the names."""
    exec(compile(text, path, "exec"), names)


def prepare(task):
    names = namespace()
    define(source(task), task.variant or task.text_path, names)
    # As NPBench does: the programs divide by zero and average nothing on purpose.
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    return np.__version__, Program(names[task.name], task), None
