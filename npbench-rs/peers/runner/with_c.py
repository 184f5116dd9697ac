"""C with OpenMP, called through ctypes.

The function takes the sizes that are not arguments in the order of the entry, then the arguments in the order of the text
(arrays as pointers), then the arrays that the text returns. A comment `returns TYPE[SIZES]` in the file says what those
are, a comment `link: -lNAME` what the library is linked with.
"""
import ctypes
import os
import re

import numpy as np

from build import cached, compiler, processor
from runner import Program

# None of these changes a result: errors and traps of the processor are not looked at.
HARMLESS = ["-fno-math-errno", "-fno-trapping-math"]
FLAGS = ["-O3", "-march=native", *HARMLESS, "-fopenmp", "-fPIC", "-shared", "-std=gnu11", "-Wall"]


def c_value(value):
    return ctypes.c_int64(value) if isinstance(value, int) else ctypes.c_double(value)


def pointer(array):
    return ctypes.c_void_p(array.ctypes.data)


def prepare(task):
    libraries = re.findall(r"^// link: (.*)$", task.text, re.MULTILINE)
    libraries = [word for line in libraries for word in line.split()] + ["-lm"]

    def build(folder):
        path = os.path.join(folder, task.name + ".c")
        with open(path, "w") as file:
            file.write(task.text)
        compiler("gcc", ["gcc", *FLAGS, path, "-o", path[:-2] + ".so", *libraries])

    folder, compile_s = cached(task, "c", [task.text, *FLAGS, *libraries, processor()], build)
    function = getattr(ctypes.CDLL(os.path.join(folder, task.name + ".so")), task.name)
    function.restype = None
    sizes = [c_value(size) for name, size in task.sizes.items() if name not in task.names]
    returns = []
    for dtype, shape in re.findall(r"^// returns (\w+)\[(.*)\]$", task.text, re.MULTILINE):
        returns.append((np.dtype(dtype), eval(f"({shape},)", {}, dict(task.sizes))))

    def call(*arguments):
        returned = [np.empty(shape, dtype) for dtype, shape in returns]
        values = [pointer(a) if isinstance(a, np.ndarray) else c_value(a) for a in arguments]
        function(*sizes, *values, *map(pointer, returned))
        return tuple(returned)

    return version(), Program(call, task), compile_s


def version():
    import subprocess

    done = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True)
    return "gcc " + done.stdout.strip()
