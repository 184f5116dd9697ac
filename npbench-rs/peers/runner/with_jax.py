"""JAX compiles a functional version of the program, `peers/jax/NAME.py`: it returns what the text writes, then what the text returns."""
import time

import numpy as np


def prepare(task):
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    names = {"__name__": "program"}
    exec(compile(task.text, task.variant, "exec"), names)
    # Whole numbers are sizes and numbers of steps: JAX needs them when it compiles.
    static = [i for i, argument in enumerate(task.arguments) if isinstance(argument, int)]
    function = jax.jit(names[task.name], static_argnums=static)
    arguments = [
        jax.numpy.asarray(argument) if isinstance(argument, np.ndarray) else argument
        for argument in task.arguments
    ]
    begin = time.perf_counter()
    compiled = function.lower(*arguments).compile()
    compile_s = time.perf_counter() - begin
    dynamic = [argument for i, argument in enumerate(arguments) if i not in static]
    return jax.__version__, Functional(compiled, dynamic), compile_s


class Functional:
    def __init__(self, function, arguments):
        self.function, self.arguments, self.returned = function, arguments, []

    def restore(self):
        self.returned = []

    def call(self):
        result = self.function(*self.arguments)
        self.returned = list(result) if isinstance(result, (tuple, list)) else [result]
        for array in self.returned:
            array.block_until_ready()

    def results(self):
        return self.returned
