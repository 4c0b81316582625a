#!/usr/bin/env python3
"""Fails on an #include that crosses the layers of lib/ARCHITECTURE.md, or on a third-party header outside its home."""

import pathlib
import re
import sys
import tempfile

# A module may include modules of lower layers, and itself. Modules of layer 2 never include each other,
# but for the pairs below.
LAYERS = {
    "base": 0,
    "net": 1, "store": 1, "process": 1, "redis": 1,
    "market": 2, "cache": 2, "history": 2, "rules": 2, "schedule": 2, "queue": 2, "notify": 2, "token": 2,
    "price": 3, "watch": 3, "drain": 3, "online": 3, "agenda": 3, "signals": 3,
    "config": 4,
    "cli": 5,
}
# (from, to): a verb that needs another verb's interface, with the reason.
ALLOWED = {
    ("agenda", "watch"): "schedules see the ticks that pass (TickObserver) and are woken as sources are",
    ("agenda", "drain"): "its log of deliveries is what prune cuts short",
    ("signals", "watch"): "the folder is read in the loop of watch, and its messages go by way of the outbox",
}
# A header prefix -> the files that may include it (path prefixes from the top, or whole paths).
HOMES = {
    "curl/": ["lib/btcw/net/"],
    "boost/": ["lib/btcw/net/", "tests/"],
    "sqlite3.h": ["lib/btcw/store/"],
    "hiredis/": ["lib/btcw/redis/hiredis_"],
    "toml++/": ["lib/btcw/config/"],
    "absl/": ["lib/btcw/base/time_zone.cc"],
    "CLI/": ["cli/app.cc", "cli/syntax.cc", "cli/help_formatter."],
    "simdjson.h": ["lib/btcw/base/json", "tests/bench/"],
    "nlohmann/": ["lib/btcw/notify/", "lib/btcw/token/", "lib/btcw/queue/", "cli/", "tests/"],
    "openssl/": ["lib/btcw/token/", "lib/btcw/net/", "tests/"],
    "zlib.h": ["lib/btcw/net/", "tests/"],
    "catch2/": ["tests/"],
    "benchmark/": ["tests/bench/"],
    "dlfcn.h": ["lib/btcw/base/", "tests/"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)


def module_of(path):
    parts = path.split("/")
    if parts[0] == "cli":
        return "cli"
    if parts[:2] == ["lib", "btcw"] and len(parts) > 3:
        return parts[2]
    return None


def faults_of(path, text):
    module = module_of(path)
    if path.startswith("lib/btcw/") and module not in LAYERS:
        yield f"{path}: in no module of the layer table"
        return
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        quoted, angled = match.groups()
        where = f"{path}:{line}"
        if quoted and quoted.startswith("btcw/"):
            target = quoted.split("/")[1]
            if target not in LAYERS:
                yield f"{where}: {quoted} is in no module of the layer table"
            elif module is not None and target != module and (module, target) not in ALLOWED:
                if LAYERS[target] >= LAYERS[module]:
                    yield f"{where}: {module} (layer {LAYERS[module]}) includes {target} (layer {LAYERS[target]})"
        for header, homes in HOMES.items():
            if (angled or quoted).startswith(header) and not any(path.startswith(home) for home in homes):
                yield f"{where}: <{angled or quoted}> belongs in {', '.join(homes)}"


def check(top):
    faults = []
    for folder in ("lib", "cli", "tests"):
        for file in sorted((top / folder).rglob("*")):
            if file.suffix in (".h", ".cc"):
                path = file.relative_to(top).as_posix()
                faults += faults_of(path, file.read_text(encoding="utf-8"))
    return faults


def self_test():
    """Plants one violation of each kind in an empty tree and sees it found."""
    planted = {
        "lib/btcw/base/a.h": '#include "btcw/cache/price_cache.h"\n',
        "lib/btcw/cache/b.cc": '#include "btcw/market/market.h"\n',
        "lib/btcw/market/c.cc": "#include <curl/curl.h>\n",
        "lib/btcw/nowhere/d.cc": "#include <string>\n",
        "lib/btcw/watch/e.cc": '#include "btcw/config/config.h"\n',
        "cli/f.cc": "#  include <boost/asio.hpp>\n",
        "tests/unit/g.cc": "#include <curl/curl.h>\n",
    }
    clean = {
        "lib/btcw/watch/h.cc": '#include "btcw/market/market.h"\n#include <string>\n',
        "tests/support/i.cc": "#include <boost/beast.hpp>\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        for path, text in {**planted, **clean}.items():
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            (top / path).write_text(text, encoding="utf-8")
        found = {fault.split(":")[0] for fault in check(top)}
    missed = set(planted) - found
    wrong = found & set(clean)
    for path in sorted(missed):
        print(f"self-test: the planted fault in {path} was not found")
    for path in sorted(wrong):
        print(f"self-test: {path} is clean and was reported")
    return 1 if missed or wrong else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    faults = check(pathlib.Path(__file__).resolve().parent.parent)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
