"""Makes HAProxy's configuration. Reads lines of JSON, one for each related unit: its name and its settings.

Arguments: the file to write, the file for the list of services (YAML) that is told to relations.
"""
import json
import os
import re
import sys

import yaml

target, told = sys.argv[1:]
given = os.environ
bind, root = given["BIND"], given["PRIVILEGED"] == "yes"


def name(text):
    return re.sub(r"[^A-Za-z0-9_.:-]", "_", str(text)) or "_"


def line(text):
    return re.sub(r"[\r\n]", " ", str(text))


def words(value):
    """Options come as a list, or as one text with commas or line ends."""
    if value is None:
        return []
    if isinstance(value, str):
        return [each.strip() for each in value.split("\n") if each.strip()]
    return [line(each) for each in value]


def listening(service):
    host = str(service.get("service_host") or "0.0.0.0")
    port = int(service.get("service_port") or 80)
    if not root and port < 1024:
        port += 8000
    # A machine that is an address of its host has only that one.
    return f"{bind if bind and host in ('0.0.0.0', '*', '') else host}:{port}", port


services, default = {}, None
for wish in yaml.safe_load(given["SERVICES"]) or []:
    service = dict(wish, servers=[])
    services[name(wish["service_name"])] = service
    default = default or name(wish["service_name"])


def service_of(key, wish):
    if key not in services:
        services[key] = dict(wish, service_name=key, servers=[])
    else:
        # What is configured comes first; a unit adds what is not said.
        for option, value in wish.items():
            services[key].setdefault(option, value)
    return services[key]


sites = {}
for text in sys.stdin:
    unit = json.loads(text)
    at = unit["settings"]
    address = at.get("private-address") or at.get("hostname")
    try:
        wishes = yaml.safe_load(at["services"]) if at.get("services") else None
        if isinstance(wishes, dict):
            wishes = [wishes]
        if wishes:
            for wish in wishes:
                key = name(wish.get("service_name") or default)
                service = service_of(key, {k: v for k, v in wish.items() if k != "servers"})
                for server in wish.get("servers") or []:
                    service["servers"].append((name(server[0]), server[1], int(server[2]), server[3] if len(server) > 3 else None))
            continue
        if not address or not at.get("port"):
            continue
        server = (name(unit["unit"].replace("/", "-")), address, int(at["port"]), None)
        chosen = [name(each) for each in (at.get("service_name") or "").split() if name(each) in services]
        for key in chosen or ([default] if default else []):
            services[key]["servers"].append(server)
            for site in (at.get("sitenames") or "").split():
                sites.setdefault((key, line(site)), []).append(server)
    except (yaml.YAMLError, AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
        print(f"settings of {unit['unit']} are not understood: {problem}", file=sys.stderr)

out = ["global", f"  maxconn {int(given['MAXCONN'])}", f"  stats socket {given['SOCKET']} mode 600 level admin", "", "defaults", "  mode http",
       "  option httplog", "  option forwardfor", "  retries 3", "  option redispatch"]
out += [f"  timeout {line(each.strip())}" for each in given["TIMEOUTS"].split(",") if each.strip()]


def servers_of(service, servers):
    more = service.get("server_options") or "check"
    if not isinstance(more, str):
        more = " ".join(map(line, more))
    seen = {}
    for own, address, port, options in servers:
        seen[own] = seen.get(own, -1) + 1
        label = own if not seen[own] else f"{own}-{seen[own]}"
        extra = options if options is not None else more
        extra = extra if isinstance(extra, str) else " ".join(map(line, extra))
        cookie = "" if " cookie " in f" {extra} " else f" cookie {label}"
        yield f"  server {label} {line(address)}:{port}{cookie} {line(extra)}"


listed = []
for key, service in services.items():
    address, port = listening(service)
    listed.append({"service_name": key, "service_port": port})
    options = words(service.get("service_options"))
    tcp = any(option == "mode tcp" for option in options)
    out += ["", f"frontend {key}-{port}", f"  bind {address}"]
    if tcp:
        out += ["  mode tcp", "  option tcplog"]
    for (of, site), _ in sites.items():
        if of == key and not tcp:
            out.append(f"  use_backend {key}-{name(site)} if {{ hdr(host),field(1,:) -i {site} }}")
    out.append(f"  default_backend {key}")
    out += ["", f"backend {key}"] + [f"  {option}" for option in options] + list(servers_of(service, service["servers"]))
    for (of, site), servers in sites.items():
        if of == key and not tcp:
            out += ["", f"backend {key}-{name(site)}"] + [f"  {option}" for option in options] + list(servers_of(service, servers))
if given["MONITORING"] == "True":
    user, password = line(given["STATS_USER"]), line(given["STATS_PASSWORD"])
    out += ["", "listen monitoring", f"  bind {bind or '0.0.0.0'}:{int(given['STATS_PORT'])}", "  stats enable", "  stats uri /",
            "  stats realm Haproxy", f"  stats auth {user}:{password}", "  stats refresh 3"]
with open(target, "w", encoding="utf-8") as file:
    file.write("\n".join(out) + "\n")
with open(told, "w", encoding="utf-8") as file:
    yaml.safe_dump(listed, file, default_flow_style=False)
