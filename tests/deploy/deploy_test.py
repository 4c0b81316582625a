#!/usr/bin/env python3
"""deploy_test.py TOP: checks what scripts/deploy holds, with docker, systemd and shellcheck where they are there."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(sys.argv[1])
DEPLOY = TOP / "scripts" / "deploy"
faults = []


def check(condition, fault):
    if not condition:
        faults.append(fault)


def skipped(what):
    print(f"skipped: no {what}")


def check_dockerfile():
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    words = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    images = [rest.split()[0] for name, rest in words if name == "FROM"]
    check(len(images) >= 2, "Dockerfile: not built in stages")
    for image in images:
        check(":" in image and not image.endswith(":latest"), f"Dockerfile: {image} has no fixed tag")
    last = max(i for i, (name, _) in enumerate(words) if name == "FROM")
    final = words[last:]
    users = [rest for name, rest in final if name == "USER"]
    check(users and users[-1].split(":")[0] not in ("root", "0"), "Dockerfile: runs as root")
    check(any(name == "HEALTHCHECK" for name, _ in final), "Dockerfile: no health check")
    check(not any(name == "ADD" for name, _ in words), "Dockerfile: ADD where COPY does")
    for name, rest in words:
        if name == "RUN" and "apt-get install" in rest:
            check("--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists" in rest, "Dockerfile: apt leaves more than is needed")
        if name in ("ENTRYPOINT", "CMD"):
            check(rest.startswith("["), f"Dockerfile: {name} goes through a shell")


def check_service(file, name, service):
    where = f"{file}: {name}"
    image = service.get("image", "")
    check(":" in image and not image.endswith(":latest"), f"{where}: no fixed tag")
    check(service.get("healthcheck", {}).get("test"), f"{where}: no health check")
    check(service.get("user", "0").split(":")[0] not in ("0", "root"), f"{where}: runs as root")
    check(service.get("read_only") is True, f"{where}: can write to its root file system")
    check(service.get("cap_drop") == ["ALL"], f"{where}: keeps capabilities")
    check(service.get("restart") == "unless-stopped", f"{where}: is not started again")
    check(not service.get("privileged"), f"{where}: is privileged")
    check(not service.get("ports"), f"{where}: is open to the network")


COMPOSE = {
    "compose.yaml": {"redis", "watch", "drain"},
    "compose.none.yaml": {"watch", "drain"},
    "compose.full.yaml": {"redis-cache", "redis-queue", "watch", "drain"},
}

# What a Redis must be told, by what it holds.
REDIS = {
    ("compose.yaml", "redis"): ("--maxmemory 256mb", "--maxmemory-policy allkeys-lru", "--appendonly yes"),
    ("compose.full.yaml", "redis-cache"): ("--maxmemory 256mb", "--maxmemory-policy allkeys-lru", "--appendonly yes"),
    ("compose.full.yaml", "redis-queue"): ("--maxmemory 256mb", "--maxmemory-policy noeviction", "--appendonly yes", "--appendfsync always"),
}

# Which Redis a btcw uses, for prices and for what must not be lost, and in which plan.
DEPLOYMENT = {
    "compose.yaml": ("redis", None, "minimal"),
    "compose.none.yaml": (None, None, "none"),
    # Nothing that must not be lost is in the one that forgets.
    "compose.full.yaml": ("redis-cache", "redis-queue", "full"),
}


def check_deployment(file, name, service):
    prices, durable, plan = DEPLOYMENT[file]
    wanted = {"BTCW__DEPLOYMENT__PLAN": plan}
    if prices:
        wanted["BTCW__REDIS__URL"] = f"redis://{prices}:6379/0"
    if durable:
        wanted["BTCW__REDIS__DURABLE_URL"] = f"redis://{durable}:6379/0"
    found = {key: value for key, value in service["environment"].items() if key.startswith(("BTCW__DEPLOYMENT__", "BTCW__REDIS__"))}
    check(found == wanted, f"{file}: {name}: {found}")


def check_compose():
    try:
        import yaml
    except ImportError:
        skipped("python3-yaml")
        return
    for file, expected in COMPOSE.items():
        whole = yaml.safe_load((DEPLOY / file).read_text())
        check(set(whole["services"]) == expected, f"{file}: services {sorted(whole['services'])}")
        for name, service in whole["services"].items():
            check_service(file, name, service)
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                check(source.startswith(".") or source in whole["volumes"], f"{file}: {name}: volume {source} is not declared")
            for needed in service.get("depends_on", {}):
                check(needed in whole["services"], f"{file}: {name}: waits for {needed}, which is not there")
            if name in ("watch", "drain"):
                check_deployment(file, name, service)
                continue
            command = " ".join(service["command"])
            check(service["image"] == "redis:7-alpine", f"{file}: {name}: another Redis")
            for part in REDIS[file, name]:
                check(part in command, f"{file}: {name} without {part}")


def has_docker_compose():
    return shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0


def check_with_docker():
    if not has_docker_compose():
        skipped("docker compose")
        return
    for file in COMPOSE:
        done = subprocess.run(["docker", "compose", "-f", str(DEPLOY / file), "config", "--quiet"], capture_output=True, text=True)
        check(done.returncode == 0, f"{file}: {done.stderr.strip()}")


def check_units():
    units = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
    check(len(units) == 3, f"units: {units}")
    for unit in units:
        text = unit.read_text()
        if unit.suffix == ".service":
            for setting in ("DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes"):
                check(setting in text, f"{unit.name}: without {setting}")
    check("WatchdogSec=" in (DEPLOY / "btcw.service").read_text(), "btcw.service: without WatchdogSec")
    if not shutil.which("systemd-analyze"):
        skipped("systemd-analyze")
        return
    # The executable need not be installed where the units expect it.
    with tempfile.TemporaryDirectory() as folder:
        for unit in units:
            text = unit.read_text().replace("/usr/bin/btcw", "/bin/true")
            pathlib.Path(folder, unit.name).write_text(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"] + [str(pathlib.Path(folder, unit.name)) for unit in units],
                              capture_output=True, text=True)
        check(done.returncode == 0, f"systemd-analyze: {done.stderr.strip()}")
        about_us = [line for line in done.stderr.splitlines() if "btcw" in line]
        check(not about_us, f"systemd-analyze: {about_us}")


def check_crontab():
    for line in (DEPLOY / "crontab.example").read_text().splitlines():
        if not line or line.startswith("#") or re.match(r"\w+=", line):
            continue
        check(re.match(r"([-*/,0-9]+ ){4}[-*/,0-9]+ +btcw ", line), f"crontab.example: {line}")
        # In a crontab it ends the command.
        check("%" not in line, f"crontab.example: a % in {line}")


for each in (check_dockerfile, check_compose, check_with_docker, check_units, check_crontab):
    each()
for fault in faults:
    print(fault)
sys.exit(1 if faults else 0)
