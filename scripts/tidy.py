#!/usr/bin/env python3
"""tidy.py FOLDER [FILE...]: clang-tidy over lib/ and cli/, or over those files, by FOLDER's compile commands.

A file that was found clean is not looked at again until it, what it includes or .clang-tidy changes.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent


def preprocessed(command):
    """What the compiler sees, comments (and so NOLINT) included; None when it does not compile."""
    words = shlex.split(command["command"])
    # A launcher such as ccache stands before the compiler.
    start = next(i for i, word in enumerate(words) if pathlib.Path(word).name.startswith("clang"))
    words = [word for word in words[start:] if word != "-c"]
    del words[words.index("-o"):words.index("-o") + 2]
    done = subprocess.run(words + ["-E", "-C"], cwd=command["directory"], capture_output=True)
    return done.stdout if done.returncode == 0 else None


def check(folder, command, settings):
    text = preprocessed(command)
    stamp = None
    if text is not None:
        stamp = folder / "clean" / hashlib.sha256(settings + text).hexdigest()
        if stamp.exists():
            return True, ""
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(folder), command["file"]], cwd=TOP,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode == 0 and stamp is not None:
        stamp.touch()
    return done.returncode == 0, done.stdout


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    wanted = {str(pathlib.Path(name).resolve()) for name in sys.argv[2:]}
    (folder / "clean").mkdir(exist_ok=True)
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    settings = version + (TOP / ".clang-tidy").read_bytes()
    commands = {}
    for command in json.loads((folder / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(command["file"])
        ours = str(file) in wanted if wanted else file.is_relative_to(TOP / "lib") or file.is_relative_to(TOP / "cli")
        if ours and file.name != "fmt.cc" and "cmake_pch" not in file.name:
            commands.setdefault(str(file), command)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for clean, output in pool.map(lambda command: check(folder, command, settings), commands.values()):
            failed += not clean
            if not clean:
                print(output, end="", flush=True)
    print(f"tidy: {len(commands)} files, {failed} with findings", file=sys.stderr)
    return 1 if failed or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
