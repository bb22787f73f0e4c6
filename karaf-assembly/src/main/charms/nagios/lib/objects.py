"""Turns what related units say of themselves into hosts, commands and services of Nagios.

Reads lines of JSON: {"host", "address", "monitors"} with monitors a YAML text, or null for a machine nobody speaks for.
Arguments: the file to write, the folder of plugins, the program that runs them.
"""
import json
import os
import re
import sys

import yaml

target, plugins, run = sys.argv[1:]
interval = round(int(os.environ["INTERVAL"]) / 60, 3)
timeout = int(os.environ["TIMEOUT"])


def name(text):
    return re.sub(r"[^A-Za-z0-9_.:-]", "_", str(text)) or "_"


def value(text):
    """For a place inside single quotes of a command line, in a file where ; and $ and line ends have a meaning."""
    text = re.sub(r"[\r\n]", " ", str(text)).replace("'", "'\\''")
    return "'" + text.replace("\\;", ";").replace(";", "\\;").replace("$", "$$") + "'"


def plugin(check, *arguments):
    # From release 2.4 on the plugins have one made of curl instead, with the same arguments.
    if check == "http" and not os.path.exists(f"{plugins}/check_http"):
        check = "curl"
    return " ".join([run, f"{plugins}/check_{check}", *arguments])


def commands(kind, wish, address):
    """The command line for one wish, and a port that the host has to answer on."""
    host = ("-H", value(address))
    limit = ("-t", str(timeout))
    wish = wish if isinstance(wish, dict) else {}
    if kind == "nrpe":
        port = int(wish.get("port", 5666))
        return plugin("nrpe", *host, "-p", str(port), *limit, "-c", value(wish["command"])), port
    if kind == "mysql":
        port = int(wish.get("port", 3306))
        login = ["-u", value(wish.get("user", wish.get("username", "monitors")))]
        if wish.get("password"):
            login += ["-p", value(wish["password"])]
        return plugin("mysql", *host, "-P", str(port), *login), port
    if kind in ("http", "https"):
        port = int(wish.get("port", 443 if kind == "https" else 80))
        more = ["-u", value(wish.get("path", wish.get("url", "/")))]
        if kind == "https":
            more.append("--ssl")
        if "host" in wish:
            host = ("-I", value(address), "-H", value(wish["host"]))
        for key, option in (("status", "-e"), ("string", "-s")):
            if key in wish:
                more += [option, value(wish[key])]
        return plugin("http", *host, "-p", str(port), *limit, *more), port
    if kind == "tcp":
        port = int(wish["port"])
        return plugin("tcp", *host, "-p", str(port), *limit), port
    if kind == "ssh":
        port = int(wish.get("port", 22))
        return plugin("ssh", "-p", str(port), *limit, value(address)), port
    return None, None


hosts = {}
for line in sys.stdin:
    given = json.loads(line)
    host = hosts.setdefault(name(given["host"]), {"address": given["address"], "checks": {}, "port": None})
    if not given["monitors"]:
        continue
    try:
        remote = ((yaml.safe_load(given["monitors"]) or {}).get("monitors") or {}).get("remote") or {}
        for kind, entries in remote.items():
            for entry, wish in (entries or {}).items():
                command, port = commands(kind, wish, given["address"])
                if command is None:
                    print(f"there is no check for {kind} {entry} of {given['host']}", file=sys.stderr)
                    continue
                label = name(entry) if kind == "nrpe" else name(f"{kind}_{entry}")
                host["checks"][label] = command
                host["port"] = host["port"] or port
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as problem:
        print(f"monitors of {given['host']} are not understood: {problem}", file=sys.stderr)

with open(target, "w", encoding="utf-8") as out:

    def define(what, **values):
        out.write(f"define {what} {{\n")
        for key, text in values.items():
            out.write(f"  {key} {text}\n")
        out.write("}\n")

    define("timeperiod", timeperiod_name="always", alias="Always", **{day: "00:00-24:00" for day in
           ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")})
    # Nobody is told by mail: whoever wants to know reads the page.
    define("command", command_name="nothing", command_line="/bin/true")
    define("contact", contact_name="nobody", host_notifications_enabled=0, service_notifications_enabled=0,
           host_notification_period="always", service_notification_period="always", host_notification_options="n",
           service_notification_options="n", host_notification_commands="nothing", service_notification_commands="nothing")
    define("hostgroup", hostgroup_name="all", alias="All hosts", **({"members": ",".join(sorted(hosts))} if hosts else {}))
    for each, host in sorted(hosts.items()):
        address = host["address"]
        # A host is up when it answers at a port, even with a refusal.
        alive = plugin("tcp", "-H", value(address), "-p", str(host["port"] or 22), "-t", str(timeout), "--refuse=ok")
        define("command", command_name=f"alive_{each}", command_line=alive)
        define("host", host_name=each, alias=each, address=address, check_command=f"alive_{each}", check_interval=interval,
               retry_interval=round(interval / 4, 3), max_check_attempts=3, check_period="always", contacts="nobody",
               notifications_enabled=0, notification_interval=0, notification_period="always")
        if not host["checks"]:
            # Nagios wants each host to have a service.
            host["checks"]["reachable"] = alive
        for label, command in sorted(host["checks"].items()):
            define("command", command_name=f"{each}_{label}", command_line=command)
            define("service", host_name=each, service_description=label, check_command=f"{each}_{label}", check_interval=interval,
                   retry_interval=round(interval / 4, 3), max_check_attempts=3, check_period="always", contacts="nobody",
                   notifications_enabled=0, notification_interval=0, notification_period="always")
