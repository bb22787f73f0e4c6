# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
address=$(unit-get private-address)
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu

with_libs() { LD_LIBRARY_PATH=${root:+$libs} "$@"; }

python() {
  local each
  for each in "$root/usr/bin/python3" /usr/bin/python3; do [ ! -x "$each" ] || break; done
  LD_LIBRARY_PATH=${root:+$libs} PYTHONPATH=$root/usr/lib/python3/dist-packages "$each" "$@"
}

install_haproxy() {
  status-set maintenance "Installing HAProxy"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends haproxy python3 python3-yaml
  # A machine with a system of its own starts what it installs; the charm starts its own.
  if [ -z "$root" ]; then
    systemctl disable --now haproxy 2> /dev/null || service haproxy stop 2> /dev/null || true
  fi
  mkdir -p "$home"
  chmod 700 "$home"
  application-version-set "$(with_libs "$root/usr/sbin/haproxy" -v | sed -nE 's/^HA-?Proxy version ([0-9.]+).*/\1/p')"
}

# The units of all relations, with what they say.
backends() {
  local relation other
  for relation in $(relation-ids reverseproxy); do
    for other in $(relation-list -r "$relation"); do
      relation-get -r "$relation" --format json - "$other" | UNIT=$other python -c \
        'import json, os, sys; print(json.dumps({"unit": os.environ["UNIT"], "settings": json.load(sys.stdin) or {}}))'
    done
  done
}

# Shared by all units; where the operator names none, the first one makes it.
stats_password() {
  local relation other password
  password=$(config-get monitoring_password)
  if [ "$password" != changeme ]; then
    echo "$password"
    return 0
  fi
  relation=$(relation-ids peer | head -n 1)
  if [ -n "$relation" ] && [ "$(is-leader)" != True ]; then
    for other in $(relation-list -r "$relation"); do
      password=$(relation-get -r "$relation" monitoring-password "$other")
      [ -z "$password" ] || [ "$password" = "$(cat "$home/password" 2> /dev/null)" ] || echo "$password" > "$home/password"
    done
  fi
  [ -s "$home/password" ] || (umask 077; head -c 12 /dev/urandom | base64 | tr '+/' 'xy' > "$home/password")
  [ -z "$relation" ] || [ "$(is-leader)" != True ] || relation-set -r "$relation" monitoring-password="$(cat "$home/password")"
  cat "$home/password"
}

write_config() {
  umask 077
  backends | SERVICES=$(config-get services) BIND=${ISTHMUS_ADDRESS:-} PRIVILEGED=$([ "$(id -u)" = 0 ] && echo yes || echo no) \
    MAXCONN=$(config-get global_maxconn) TIMEOUTS=$(config-get default_timeouts) SOCKET=$home/socket \
    MONITORING=$(config-get enable_monitoring) STATS_PORT=$(config-get monitoring_port) STATS_USER=$(config-get monitoring_username) \
    STATS_PASSWORD=$(stats_password) python "$lib/config.py" "$home/haproxy.new" "$home/services.yaml"
}

ports() { sed -nE 's/^ *service_port: ([0-9]+)$/\1/p' "$home/services.yaml"; }
all_ports() {
  ports
  [ "$(config-get enable_monitoring)" != True ] || config-get monitoring_port
}

is_running() {
  local pid
  pid=$(cat "$home/pid" 2> /dev/null) && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$home/haproxy.cfg"
}

answers() { (exec 3<> "/dev/tcp/$address/$1") 2> /dev/null; }

# Connections that are open live on when the configuration is read anew.
run_server() {
  local pid each
  if ! with_libs "$root/usr/sbin/haproxy" -q -c -f "$home/haproxy.new" > "$home/verify.log" 2>&1; then
    cat "$home/verify.log" >&2
    return 1
  fi
  if is_running; then
    pid=$(cat "$home/pid")
    if cmp -s "$home/haproxy.new" "$home/haproxy.cfg"; then
      rm "$home/haproxy.new"
      return 0
    fi
    mv "$home/haproxy.new" "$home/haproxy.cfg"
    kill -USR2 "$pid"
  else
    mv "$home/haproxy.new" "$home/haproxy.cfg"
    (
      cd "$home"
      [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
      exec setsid "$root/usr/sbin/haproxy" -W -f "$home/haproxy.cfg" < /dev/null >> "$home/log" 2>&1
    ) &
    pid=$!
    echo "$pid" > "$home/pid"
  fi
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    for each in $(all_ports); do answers "$each" || { each=no; break; }; done
    [ "${each:-}" = no ] || return 0
    sleep 0.1
  done
  tail -n 20 "$home/log" >&2
  juju-log -l ERROR "HAProxy does not serve, see $home/log"
  return 1
}

stop_server() {
  local pid
  is_running || return 0
  pid=$(cat "$home/pid")
  kill "$pid" 2> /dev/null || true
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2> /dev/null || true
  rm -f "$home/pid"
}

settle() {
  local relation each first
  write_config
  run_server || { status-set blocked "HAProxy does not take its configuration, see the log"; return 0; }
  for each in $(cat "$home/opened" 2> /dev/null); do all_ports | grep -qx "$each" || close-port "$each/tcp"; done
  for each in $(all_ports); do open-port "$each/tcp"; done
  all_ports > "$home/opened"
  first=$(ports | head -n 1)
  for relation in $(relation-ids website); do
    relation-set -r "$relation" port="$first" hostname="$address" all_services="$(cat "$home/services.yaml")"
  done
  for relation in $(relation-ids peer); do relation-set -r "$relation" hostname="$address" all_services="$(cat "$home/services.yaml")"; done
  for relation in $(relation-ids statistics); do
    relation-set -r "$relation" enabled="$(config-get enable_monitoring)" port="$(config-get monitoring_port)" \
      user="$(config-get monitoring_username)" password="$(stats_password)"
  done
  for relation in $(relation-ids local-monitors) $(relation-ids nrpe-external-master); do
    relation-set -r "$relation" target-id="$unit" target-address="$address" monitors="version: '0.3'
monitors:
  local:
    procrunning:
      haproxy: {name: HAProxy runs, min: 1, executable: haproxy}
  remote:
    tcp:
      website: {port: $first}
"
  done
  status-set active
}
