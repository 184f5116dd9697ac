"""Python DaCe compiles the text with its annotations resolved; OpenBLAS is its BLAS where it finds one.

Sizes and whole numbers are symbols. DaCe finds OpenBLAS through `liblapacke` and a `libblas` that is OpenBLAS (Debian:
`apt install libopenblas-dev liblapacke-dev`); without them its matrix products are plain loops.
"""
import ast
import importlib.util
import os
import sys
import tempfile
import warnings

from build import cached, processor
from runner import Program

HEADER = "import numpy as np\nimport dace\n"
# Without the fast-math of DaCe's defaults, which no other framework here has, and with the -O3 that its default build type undoes.
FLAGS = "-std=c++14 -fPIC -O3 -march=native -fno-math-errno -fno-trapping-math"
BUILD = "Release"


def resolved(task):
    """The text as a module of Python DaCe, the names of its parameters, and those that are not symbols."""
    tree = ast.parse(task.text)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == task.name)
    names = [argument.arg for argument in function.args.args]
    # A size whose name the text also gives to a variable gets another name.
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for argument in function.args.args:
        for node in ast.walk(argument.annotation):
            if isinstance(node, ast.Name) and node.id in stored:
                node.id += "_size"
    symbols, kept = [], []
    assigned = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for argument in function.args.args:
        annotation = argument.annotation
        if isinstance(annotation, ast.Subscript):
            symbols += [node.id for node in ast.walk(annotation.slice) if isinstance(node, ast.Name)]
            element = annotation.value
        else:
            element = annotation
            if isinstance(element, ast.Name) and element.id == "int64" and argument.arg not in assigned:
                symbols.append(argument.arg)
                continue
        kept.append(argument)
        if isinstance(element, ast.Name):
            dtype = ast.Attribute(ast.Name("dace", ast.Load()), element.id, ast.Load())
            annotation = ast.Subscript(dtype, annotation.slice, ast.Load()) if element is not annotation else dtype
            argument.annotation = ast.fix_missing_locations(annotation)
    function.args.args = kept
    function.args.defaults = []
    function.decorator_list = [ast.parse("dace.program", mode="eval").body]
    symbols = list(dict.fromkeys(symbols))
    lines = [f"{name} = dace.symbol({name!r}, dtype=dace.int64)" for name in symbols]
    text = HEADER + "\n".join(lines) + "\n" + ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return text, names, [argument.arg for argument in kept]


def imported(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def number(value):
    return value.reshape(()) if getattr(value, "shape", None) == (1,) else value


def prepare(task):
    warnings.simplefilter("ignore")
    # CMake may come with the environment.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    os.chdir(tempfile.mkdtemp())
    import dace
    from dace.frontend.python.parser import infer_symbols_from_datadescriptor
    from dace.libraries import blas, lapack, linalg
    from dace.sdfg.utils import load_precompiled_sdfg
    from dace.transformation.auto.auto_optimize import auto_optimize

    dace.Config.set("compiler", "cpu", "args", value=FLAGS)
    dace.Config.set("compiler", "build_type", value=BUILD)
    text, names, parameters = resolved(task)
    openblas = blas.environments.OpenBLAS.is_installed()
    if openblas:
        for library in (blas, lapack, linalg):
            library.default_implementation = "OpenBLAS"

    def build(folder):
        path = os.path.join(folder, task.name + "_dace.py")
        with open(path, "w") as file:
            file.write(text)
        program = getattr(imported(path, task.name + "_dace"), task.name)
        sdfg = program.to_sdfg(simplify=True)
        if task.mode == "auto_opt":
            auto_optimize(sdfg, dace.DeviceType.CPU)
        sdfg.build_folder = os.path.join(folder, "build")
        sdfg.compile()

    ingredients = [sys.prefix, dace.__version__, text, task.mode, FLAGS, BUILD, str(openblas), processor()]
    folder, compile_s = cached(task, "dace", ingredients, build)
    compiled = load_precompiled_sdfg(os.path.join(folder, "build"))
    values = dict(zip(names, task.arguments))
    given = {name: values[name] for name in parameters}
    wanted = set(map(str, compiled.sdfg.free_symbols))
    whole = {name: value for name, value in values.items() if name in wanted}
    inferred = infer_symbols_from_datadescriptor(compiled.sdfg, {**given, **whole})
    symbols = {name: value for name, value in {**inferred, **whole}.items() if name in wanted}
    positions = [names.index(name) for name in parameters]

    def call(*arguments):
        returned = compiled(**{names[p]: arguments[p] for p in positions}, **symbols)
        if not isinstance(returned, tuple):
            returned = (returned,)
        # A number comes as an array of one element.
        return tuple(number(value) for value in returned if value is not None)

    return dace.__version__, Program(call, task), compile_s
