"""Pythran compiles the text, or a variant of it, with an export line made from the arguments."""
import ast
import importlib.util
import os
import sys

import numpy as np
import pythran

from build import cached, compiler, processor
from runner import Program

FLAGS = ["-O3", "-march=native", "-fopenmp", "-DUSE_XSIMD"]


def type_name(value):
    if isinstance(value, np.ndarray):
        return f"{value.dtype.name}[{','.join(':' * value.ndim)}]"
    return "float" if isinstance(value, float) else "int"


def plain(text):
    """The text without annotations, which Pythran would look up."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            node.decorator_list = []
            for argument in node.args.args:
                argument.annotation = None
    return ast.unparse(tree)


def prepare(task):
    # A variant may hold OpenMP comments, which must survive.
    text = task.text if task.variant else plain(task.text)
    signature = ", ".join(map(type_name, task.arguments))
    source = f"#pythran export {task.name}({signature})\nimport numpy as np\n{text}\n"
    # OpenBLAS as a package of the environment; without it matrix products are Pythran's own loops.
    blas = "scipy-openblas" if importlib.util.find_spec("scipy_openblas64") else "none"
    flags = [*FLAGS, "--config", f"compiler.blas={blas}"]

    def build(folder):
        path = os.path.join(folder, task.name + ".py")
        with open(path, "w") as file:
            file.write(source)
        compiler("pythran", [sys.executable, "-m", "pythran.run", *flags, path, "-o", path[:-3] + ".so"])

    ingredients = [sys.prefix, pythran.__version__, np.__version__, source, *flags, processor()]
    folder, compile_s = cached(task, "pythran", ingredients, build)
    spec = importlib.util.spec_from_file_location(task.name, os.path.join(folder, task.name + ".so"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return pythran.__version__, Program(getattr(module, task.name), task), compile_s
