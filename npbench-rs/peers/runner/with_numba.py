"""Numba compiles the text, or a variant of it, without Python objects; fast-math is off."""
import time
import types
import warnings

import numba
from numba import njit, prange, typeof

from runner import Program
from with_numpy import load, namespace


def prepare(task):
    warnings.simplefilter("ignore")
    names = namespace()
    names.update(nb=numba, numba=numba, prange=prange)
    load(task, names)
    parallel = task.mode == "parallel"
    for name, value in list(names.items()):
        if isinstance(value, types.FunctionType) and value.__module__ == names["__name__"]:
            names[name] = njit(value, parallel=parallel, error_model="numpy")
    function = names[task.name]
    begin = time.perf_counter()
    function.compile(tuple(typeof(argument) for argument in task.arguments))
    return numba.__version__, Program(function, task), time.perf_counter() - begin
