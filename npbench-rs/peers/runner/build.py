"""Compiled libraries, kept from one run to the next by a hash of all that goes into them."""
import hashlib
import json
import os
import shutil
import subprocess
import time


def cached(task, kind, ingredients, build):
    """The folder of a library and how long it took to build; `build(folder)` makes it where there is none."""
    key = hashlib.sha256("\0".join(ingredients).encode()).hexdigest()[:16]
    folder = os.path.join(task.cache, kind, f"{task.name}-{key}")
    record = os.path.join(folder, "built.json")
    if not os.path.exists(record):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        begin = time.perf_counter()
        build(folder)
        with open(record + ".part", "w") as file:
            json.dump({"compile_s": time.perf_counter() - begin}, file)
        os.replace(record + ".part", record)
    with open(record) as file:
        return folder, json.load(file)["compile_s"]


def compiler(name, command):
    """Runs a compiler; its first error is the reason where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        raise RuntimeError(f"{command[0]} not found") from None
    if done.returncode != 0:
        lines = (done.stderr + done.stdout).splitlines()
        errors = [line for line in lines if "error" in line.lower()] or lines[-1:] or ["no message"]
        raise RuntimeError(f"{name}: {errors[0].strip()}")


def processor():
    """What `-march=native` depends on."""
    try:
        with open("/proc/cpuinfo") as file:
            return next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return ""
