# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
address=$(unit-get private-address)
port=$(config-get tcp-port)
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu

install_memcached() {
  status-set maintenance "Installing memcached"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends memcached
  # A machine with a system of its own starts what it installs; the charm starts its own.
  if [ -z "$root" ]; then
    systemctl disable --now memcached 2> /dev/null || service memcached stop 2> /dev/null || true
  fi
  mkdir -p "$home"
  application-version-set "$(LD_LIBRARY_PATH=${root:+$libs} "$root/usr/bin/memcached" --version | cut -d ' ' -f 2)"
}

is_running() {
  local pid
  pid=$(cat "$home/pid" 2> /dev/null) && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$home/pid"
}

answers() { (exec 3<> "/dev/tcp/$address/$port") 2> /dev/null; }

# With the options as they are now: what is kept is lost only when one of them has changed.
run_server() {
  local as wanted pid
  as=$(id -un)
  [ "$as" != root ] || as=nobody
  wanted="$address $port $(config-get size) $(config-get connection-limit)"
  if is_running && [ "$(cat "$home/started-with" 2> /dev/null)" = "$wanted" ] && answers; then return 0; fi
  stop_server
  (
    cd /
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    exec setsid "$root/usr/bin/memcached" -u "$as" -l "${ISTHMUS_ADDRESS:-0.0.0.0}" -p "$port" -U 0 -m "$(config-get size)" \
      -c "$(config-get connection-limit)" -P "$home/pid" < /dev/null >> "$home/log" 2>&1
  ) &
  pid=$!
  echo "$pid" > "$home/pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    if answers; then
      echo "$wanted" > "$home/started-with"
      return 0
    fi
    sleep 0.1
  done
  tail -n 20 "$home/log" >&2
  juju-log -l ERROR "memcached does not start, see $home/log"
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
  local relation old
  run_server || { status-set blocked "memcached does not start, see its log"; return 0; }
  old=$(cat "$home/opened" 2> /dev/null || true)
  [ -z "$old" ] || [ "$old" = "$port" ] || close-port "$old/tcp"
  open-port "$port/tcp"
  echo "$port" > "$home/opened"
  for relation in $(relation-ids cache); do relation-set -r "$relation" host="$address" port="$port"; done
  status-set active
}
