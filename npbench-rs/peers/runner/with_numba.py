"""Numba compiles the text, or a variant of it, without Python objects; fast-math is off.

The compiled functions are Numba's own cache beside the text, and kept as the other compiled libraries are.
"""
import os
import sys
import types
import warnings

import llvmlite
import numba
import numpy as np
from numba import njit, prange, typeof

from build import cached, processor
from runner import Program
from with_numpy import define, namespace, source

# What a cached function refers to its globals by.
MODULE = "program"


def functions(task, path):
    """The functions of the text in a file, to be compiled or taken from the cache beside it."""
    names = namespace()
    names.update(nb=numba, numba=numba, prange=prange)
    module = types.ModuleType(MODULE)
    module.__dict__.update(names)
    sys.modules[MODULE] = module
    names = module.__dict__
    define(source(task), path, names)
    parallel = task.mode == "parallel"
    for name, value in list(names.items()):
        if isinstance(value, types.FunctionType) and value.__module__ == MODULE:
            if value.__code__.co_filename == path:
                names[name] = njit(value, parallel=parallel, error_model="numpy", cache=True)
    return names


def prepare(task):
    warnings.simplefilter("ignore")
    signature = tuple(typeof(argument) for argument in task.arguments)

    def compiled(folder):
        function = functions(task, os.path.join(folder, task.name + ".py"))[task.name]
        function.compile(signature)
        return function

    def build(folder):
        with open(os.path.join(folder, task.name + ".py"), "w") as file:
            file.write(source(task))
        compiled(folder)

    versions = [sys.prefix, numba.__version__, llvmlite.__version__, np.__version__]
    ingredients = [*versions, source(task), task.mode, str(signature), processor()]
    folder, compile_s = cached(task, "numba", ingredients, build)
    return numba.__version__, Program(compiled(folder), task), compile_s
