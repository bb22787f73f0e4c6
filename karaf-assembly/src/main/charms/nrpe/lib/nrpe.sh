# What the hooks share. A unit's files are below $home; the server is the machine's, as it has one port: its files are below $server.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
server=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/nrpe-server
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
address=$(unit-get private-address)
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu
principal=$(cat "$home/principal" 2> /dev/null || echo "${JUJU_PRINCIPAL_UNIT:-$unit}")
principal=${principal//\//-}

python() {
  local each
  for each in "$root/usr/bin/python3" /usr/bin/python3; do [ ! -x "$each" ] || break; done
  LD_LIBRARY_PATH=${root:+$libs} PYTHONPATH=$root/usr/lib/python3/dist-packages "$each" "$@"
}

install_nrpe() {
  status-set maintenance "Installing NRPE"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    nagios-nrpe-server monitoring-plugins-basic python3 python3-yaml
  # A machine with a system of its own starts what it installs.
  if [ -z "$root" ]; then
    systemctl disable --now nagios-nrpe-server 2> /dev/null || service nagios-nrpe-server stop 2> /dev/null || true
  fi
  mkdir -p "$home" "$server"/{units,allowed}
  echo "${JUJU_PRINCIPAL_UNIT:-$unit}" > "$home/principal"
  application-version-set "$(with_libs "$root/usr/sbin/nrpe" --version 2> /dev/null | sed -nE 's/.*[Vv]ersion:? ([0-9.]+).*/\1/p' | head -n 1)"
}

with_libs() { LD_LIBRARY_PATH=${root:+$libs} "$@"; }

# One hook at a time runs on a machine, but agents may end in the middle of one: everything here can be done again.
settle() {
  mkdir -p "$home" "$server"/{units,allowed}
  write_checks
  write_allowed
  write_server
  run_server || { status-set blocked "NRPE does not start, see its log"; return 0; }
  tell_principal
  tell_nagios
  open-port "$(config-get server_port)/tcp"
  if [ -n "$(relation-ids monitors)$(relation-ids nrpe)" ] || [ "$(config-get nagios_master)" != None ]; then
    status-set active Ready
  else
    status-set blocked "Nagios server not configured or related"
  fi
}

# What the principal wants to be checked, as it says it: a YAML text for each relation, in files of their own.
principal_monitors() {
  local relation other
  rm -rf "$home/monitors"
  mkdir -p "$home/monitors"
  for relation in $(relation-ids local-monitors) $(relation-ids nrpe-external-master); do
    for other in $(relation-list -r "$relation"); do
      relation-get -r "$relation" monitors "$other" > "$home/monitors/$relation"
    done
  done
}

write_checks() {
  principal_monitors
  LOAD=$(config-get load) DISK=$(config-get disk_root) PROCS=$(config-get procs) PRINCIPAL=$principal RUN=$server/run \
    PLUGINS=$root/usr/lib/nagios/plugins CPUS=$(nproc) MACHINE=${ISTHMUS_MACHINE_DIR:-} \
    python "$lib/checks.py" "$home/monitors" "$home/checks.cfg" "$home/monitors.yaml"
  cp "$home/checks.cfg" "$server/units/$unit.cfg"
}

# Who may ask: the networks that the other side's questions come from.
write_allowed() {
  local relation other each
  {
    for relation in $(relation-ids monitors) $(relation-ids nrpe); do
      for other in $(relation-list -r "$relation"); do
        each=$(relation-get -r "$relation" egress-subnets "$other")
        [ -n "$each" ] || each=$(relation-get -r "$relation" private-address "$other")
        # Between addresses of one host's loopback everybody comes from the first one.
        case $each in 127.*) each=$each,127.0.0.1 ;; esac
        echo "$each" | tr , '\n'
      done
    done
    each=$(config-get nagios_master)
    [ "$each" = None ] || echo "$each" | tr , '\n'
  } | tr -d ' ' | sort -u > "$server/allowed/$unit"
}

# Whom checks run as. NRPE never runs them as root.
server_user() {
  local each
  each=$(id -un)
  if [ "$each" = root ]; then
    for each in nagios nobody; do ! id "$each" > /dev/null 2>&1 || break; done
  fi
  echo "$each"
}

# As root, where that user cannot get at the machine's folder: nobody in a name space of users of its own, who can. Where there may be
# no such name space, as in most containers: the user with the right to pass by folders' permissions.
as_nobody() {
  [ "$(id -u)" = 0 ] || return 0
  local as
  as="--reuid $(id -u "$(server_user)") --regid $(id -g "$(server_user)") --clear-groups"
  if setpriv $as test -x "$server/run" 2> /dev/null; then
    return 0
  elif unshare --user true 2> /dev/null; then
    echo unshare --user
  else
    echo setpriv $as --inh-caps +dac_override --ambient-caps +dac_override
  fi
}

write_server() {
  local as
  as=$(server_user)
  # Checks find the libraries of their packages.
  cat > "$server/run.new" <<RUN
#!/bin/bash
export LD_LIBRARY_PATH=${root:+$libs}
exec "\$@"
RUN
  chmod 755 "$server/run.new"
  mv "$server/run.new" "$server/run"
  {
    echo "log_facility=daemon"
    echo "log_file=$server/log"
    echo "debug=0"
    echo "pid_file=$server/pid"
    echo "server_port=$(config-get server_port)"
    [ -z "${ISTHMUS_ADDRESS:-}" ] || echo "server_address=$ISTHMUS_ADDRESS"
    echo "nrpe_user=$as"
    echo "nrpe_group=$(id -gn "$as")"
    echo "allowed_hosts=$(cat "$server"/allowed/* | sort -u | paste -sd , | grep . || echo 127.0.0.1)"
    echo "dont_blame_nrpe=0"
    echo "allow_bash_command_substitution=0"
    echo "command_timeout=60"
    echo "connection_timeout=300"
    # Units on one machine share the checks of the machine.
    sort -u "$server"/units/*.cfg
  } > "$server/nrpe.cfg.new"
}

is_running() {
  local pid
  pid=$(cat "$server/pid" 2> /dev/null) && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$server/nrpe.cfg"
}

answers() { (exec 3<> "/dev/tcp/$address/$(config-get server_port)") 2> /dev/null; }

run_server() {
  if is_running && cmp -s "$server/nrpe.cfg" "$server/nrpe.cfg.new"; then
    rm "$server/nrpe.cfg.new"
    return 0
  fi
  mv "$server/nrpe.cfg.new" "$server/nrpe.cfg"
  stop_server
  (
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    exec setsid $(as_nobody) "$root/usr/sbin/nrpe" -c "$server/nrpe.cfg" -f < /dev/null >> "$server/log" 2>&1
  ) &
  local pid=$!
  echo "$pid" > "$server/pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    answers && return 0
    sleep 0.1
  done
  tail -n 20 "$server/log" >&2
  juju-log -l ERROR "NRPE does not start, see $server/log"
  return 1
}

stop_server() {
  local pid
  is_running || return 0
  pid=$(cat "$server/pid")
  kill "$pid" 2> /dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2> /dev/null || true
  rm -f "$server/pid"
}

# This unit's part goes; the server goes with the last one.
leave() {
  rm -f "$server/units/$unit.cfg" "$server/allowed/$unit"
  if [ -n "$(ls "$server/units" 2> /dev/null)" ]; then
    write_server
    run_server || true
  else
    stop_server
    rm -rf "$server"
  fi
}

context() { config-get nagios_host_context; }

tell_principal() {
  local relation
  for relation in $(relation-ids nrpe-external-master) $(relation-ids local-monitors); do
    relation-set -r "$relation" nagios_hostname="$(context)-$principal" nagios_host_context="$(context)"
  done
}

tell_nagios() {
  local relation
  for relation in $(relation-ids monitors); do
    relation-set -r "$relation" target-id="$(context)-$principal" target-address="$address" monitors="$(cat "$home/monitors.yaml")" \
      machine_id="${JUJU_MACHINE_ID:-}" model_id="${JUJU_MODEL_UUID:-}" nagios_host_context="$(context)"
  done
}
