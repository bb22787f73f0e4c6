"""Turns what the principal wants to be checked into commands of NRPE, and into what a Nagios server is told.

Arguments: a folder with one YAML text for each relation, the file of commands to write, the file of monitors to write.
"""
import os
import re
import shlex
import sys

import yaml

folder, commands_file, monitors_file = sys.argv[1:]
plugins, run, principal, machine = (os.environ[key] for key in ("PLUGINS", "RUN", "PRINCIPAL", "MACHINE"))
commands = {}
remote = {"nrpe": {}}


def word(text):
    return re.sub(r"[^A-Za-z0-9_-]", "_", str(text))


def check(name, plugin, *arguments):
    commands["check_" + name] = " ".join([shlex.quote(run), shlex.quote(f"{plugins}/check_{plugin}"), *map(str, arguments)])
    remote["nrpe"]["check_" + name] = {"command": "check_" + name}


def quoted(value):
    return shlex.quote(str(value))


def local(kind, name, wish):
    wish = wish if isinstance(wish, dict) else {}
    own = word(f"{principal}_{name}")
    # Machines that are folders of one host see each other's processes; those of a machine have its path in their arguments.
    mine = ["-a", quoted(machine)] if machine else []
    if kind == "procrunning":
        least, most = wish.get("min", 1), wish.get("max", "")
        limits = f"{least}:{most}"
        check(own, "procs", "-w", limits, "-c", limits, "-C", quoted(wish.get("executable", wish.get("name", name))), *mine)
    elif kind == "processcount":
        check(own, "procs", "-w", quoted(wish.get("warn", wish.get("warning", 100))), "-c", quoted(wish.get("crit", wish.get("critical", 200))))
    elif kind == "disk":
        check(own, "disk", "-w", quoted(wish.get("warn", "10%")), "-c", quoted(wish.get("crit", "5%")), "-p", quoted(wish.get("path", "/")))
    elif kind == "tcp":
        check(own, "tcp", "-H", quoted(wish.get("host", "localhost")), "-p", int(wish["port"]))
    else:
        print(f"there is no check for {kind} {name}", file=sys.stderr)


if os.environ["LOAD"] == "auto":
    cpus = int(os.environ["CPUS"])
    limits = lambda factor: ",".join(str(cpus * factor * part) for part in (3, 2, 1))
    check("load", "load", "-w", limits(4), "-c", limits(8))
elif os.environ["LOAD"]:
    check("load", "load", os.environ["LOAD"])
if os.environ["DISK"]:
    check("disk_root", "disk", os.environ["DISK"], "-p", "/")
if os.environ["PROCS"]:
    check("procs", "procs", os.environ["PROCS"])

for each in sorted(os.listdir(folder)):
    with open(os.path.join(folder, each), encoding="utf-8") as text:
        try:
            wishes = (yaml.safe_load(text) or {}).get("monitors") or {}
            for kind, entries in (wishes.get("local") or {}).items():
                for name, wish in (entries or {}).items():
                    local(kind, name, wish)
            # What has to be looked at from outside is the server's business.
            for kind, entries in (wishes.get("remote") or {}).items():
                remote.setdefault(kind, {}).update(entries or {})
        except (yaml.YAMLError, AttributeError, KeyError, ValueError) as problem:
            print(f"monitors of {each} are not understood: {problem}", file=sys.stderr)

with open(commands_file, "w", encoding="utf-8") as out:
    for name, command in sorted(commands.items()):
        out.write(f"command[{name}]={command}\n")
with open(monitors_file, "w", encoding="utf-8") as out:
    yaml.safe_dump({"version": "0.3", "monitors": {"remote": remote}}, out, default_flow_style=False)
