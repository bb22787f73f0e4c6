# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
address=$(unit-get private-address)
port=80
[ "$(id -u)" = 0 ] || port=8080
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu

with_libs() { LD_LIBRARY_PATH=${root:+$libs} "$@"; }

python() {
  local each
  for each in "$root/usr/bin/python3" /usr/bin/python3; do [ ! -x "$each" ] || break; done
  LD_LIBRARY_PATH=${root:+$libs} PYTHONPATH=$root/usr/lib/python3/dist-packages "$each" "$@"
}

install_nagios() {
  status-set maintenance "Installing Nagios"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    nagios4-core nagios4-cgi nagios-nrpe-plugin monitoring-plugins-basic monitoring-plugins-standard libmariadb3 \
    php-cli python3 python3-yaml
  # The plugins of Ubuntu are made with MySQL's library, which Debian does not have.
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends libmysqlclient21 > /dev/null 2>&1 || true
  # A machine with a system of its own starts what it installs; the charm starts its own.
  if [ -z "$root" ]; then
    for each in nagios4 apache2; do systemctl disable --now "$each" 2> /dev/null || service "$each" stop 2> /dev/null || true; done
  fi
  mkdir -p "$home"
  copy_pages
  application-version-set "$(with_libs "$root/usr/sbin/nagios4" --version 2> /dev/null | sed -nE 's/^Nagios Core ([0-9.]+).*/\1/p' | head -n 1)"
}

# Pages and programs of the package, with settings of this unit.
copy_pages() {
  mkdir -p "$home"/{var/spool,var/archives,tmp}
  rm -rf "$home/www.new"
  mkdir -p "$home/www.new"
  cp -a "$root/usr/share/nagios4/htdocs" "$home/www.new/nagios4"
  find "$home/www.new" -xtype l -delete
  mkdir -p "$home/www.new/nagios4/js"
  cp -L "$root/usr/share/javascript/jquery/jquery.min.js" "$home/www.new/nagios4/js/jquery-1.12.4.min.js" 2> /dev/null \
    || cp -L /usr/share/javascript/jquery/jquery.min.js "$home/www.new/nagios4/js/jquery-1.12.4.min.js" 2> /dev/null || true
  rm -rf "$home/www.new/nagios4/stylesheets"
  cp -a "$root/etc/nagios4/stylesheets" "$home/www.new/nagios4/stylesheets"
  sed -i "s#'/etc/nagios4/#'$home/#; s#'/var/lib/nagios4/#'$home/var/#" "$home/www.new/nagios4/config.inc.php"
  rm -rf "$home/www" "$home/cgi"
  mv "$home/www.new" "$home/www"
  cp -aL "$root/usr/lib/cgi-bin/nagios4" "$home/cgi"
}

# Every related unit, a line of JSON each; this one too, as Nagios will not start with nothing to watch.
targets() {
  local relation other host at monitors
  printf '{"host": "%s", "address": "%s", "monitors": "monitors: {remote: {http: {website: {port: %s}}}}"}\n' "$unit" "$address" "$port"
  for relation in $(relation-ids monitors); do
    for other in $(relation-list -r "$relation"); do
      host=$(relation-get -r "$relation" target-id "$other")
      at=$(relation-get -r "$relation" target-address "$other")
      [ -n "$at" ] || at=$(relation-get -r "$relation" private-address "$other")
      monitors=$(relation-get -r "$relation" monitors "$other")
      # A unit that has not said anything yet is not watched yet.
      [ -n "$at" ] && [ -n "$host$monitors" ] || continue
      printf %s "$monitors" | HOST=${host:-${other//\//-}} AT=$at python -c \
        'import json, os, sys; print(json.dumps({"host": os.environ["HOST"], "address": os.environ["AT"], "monitors": sys.stdin.read()}))'
    done
  done
  for relation in $(relation-ids nagios); do
    for other in $(relation-list -r "$relation"); do
      at=$(relation-get -r "$relation" private-address "$other")
      [ -z "$at" ] || printf '{"host": "%s", "address": "%s", "monitors": null}\n' "${other//\//-}" "$at"
    done
  done
}

write_config() {
  local as
  as=$(id -un)
  [ "$as" != root ] || ! id nagios > /dev/null 2>&1 || { as=nagios; chown -R nagios: "$home/var" "$home/tmp"; }
  cat > "$home/run.new" <<RUN
#!/bin/bash
export LD_LIBRARY_PATH=${root:+$libs}
exec "\$@"
RUN
  chmod 755 "$home/run.new"
  mv "$home/run.new" "$home/run"
  targets | INTERVAL=$(config-get check_interval) TIMEOUT=$(config-get check_timeout) \
    python "$lib/objects.py" "$home/objects.new" "$root/usr/lib/nagios/plugins" "$home/run"
  # A socket's path has at most 107 bytes; below a deep folder it is reached by way of the daemon's own folder, which is home.
  local query_socket=$home/var/nagios.qh
  [ ${#query_socket} -le 100 ] || query_socket=/proc/self/cwd/var/nagios.qh
  cat > "$home/nagios.new" <<CFG
log_file=$home/var/nagios.log
log_archive_path=$home/var/archives
cfg_file=$home/objects.cfg
object_cache_file=$home/var/objects.cache
precached_object_file=$home/var/objects.precache
status_file=$home/var/status.dat
status_update_interval=5
state_retention_file=$home/var/retention.dat
retain_state_information=1
nagios_user=$as
nagios_group=$(id -gn "$as")
check_external_commands=0
command_file=$home/var/nagios.cmd
query_socket=$query_socket
lock_file=$home/var/nagios.pid
temp_file=$home/tmp/nagios.tmp
temp_path=$home/tmp
check_result_path=$home/var/spool
use_syslog=0
check_for_updates=0
enable_notifications=0
service_inter_check_delay_method=s
max_service_check_spread=1
max_host_check_spread=1
check_result_reaper_frequency=2
interval_length=60
service_check_timeout=60
host_check_timeout=30
date_format=iso8601
illegal_macro_output_chars=\`~\$&|'"<>
CFG
  cat > "$home/cgi.cfg" <<CFG
main_config_file=$home/nagios.cfg
physical_html_path=$home/www/nagios4
url_html_path=/nagios4
url_stylesheets_path=/nagios4/stylesheets
use_authentication=1
default_user_name=guest
authorized_for_all_hosts=guest
authorized_for_all_services=guest
authorized_for_read_only=guest
use_pending_states=1
escape_html_tags=1
refresh_rate=30
result_limit=100
CFG
}

daemon_runs() {
  local pid
  pid=$(cat "$home/daemon-pid" 2> /dev/null) && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$home/nagios.cfg"
}

# With what is written now; a daemon that has it already is left alone.
run_daemon() {
  if daemon_runs && cmp -s "$home/objects.new" "$home/objects.cfg" && cmp -s "$home/nagios.new" "$home/nagios.cfg"; then
    rm "$home/objects.new" "$home/nagios.new"
    return 0
  fi
  # The daemon never gets what it would not start with.
  sed "s#^cfg_file=.*#cfg_file=$home/objects.new#" "$home/nagios.new" > "$home/verify.cfg"
  if ! with_libs "$root/usr/sbin/nagios4" -v "$home/verify.cfg" > "$home/verify.log" 2>&1; then
    grep -i error "$home/verify.log" >&2
    return 1
  fi
  stop_daemon
  mv "$home/objects.new" "$home/objects.cfg"
  mv "$home/nagios.new" "$home/nagios.cfg"
  (
    cd "$home"
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    exec setsid "$root/usr/sbin/nagios4" "$home/nagios.cfg" < /dev/null >> "$home/log" 2>&1
  ) &
  local pid=$!
  echo "$pid" > "$home/daemon-pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    [ ! "$home/var/status.dat" -nt "$home/daemon-pid" ] || return 0
    sleep 0.1
  done
  tail -n 20 "$home/log" "$home/var/nagios.log" >&2
  juju-log -l ERROR "Nagios does not start, see $home/var/nagios.log"
  return 1
}

stop_daemon() {
  local pid
  daemon_runs || return 0
  pid=$(cat "$home/daemon-pid")
  kill "$pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.1
  done
  kill -9 "$pid" 2> /dev/null || true
  rm -f "$home/daemon-pid"
}

# --- the pages

php_program() { echo "$root"/usr/bin/php[78].[0-9] | tr ' ' '\n' | head -n 1; }

# (The brackets keep grep from finding itself.)
page_pids() { grep -slzx -- "$home/ww[w]" /proc/[0-9]*/cmdline | cut -d / -f 3; }
answers() { (exec 3<> "/dev/tcp/$address/$port") 2> /dev/null; }

run_pages() {
  cmp -s "$lib/router.php" "$home/router.php" || { cp "$lib/router.php" "$home/router.new"; mv "$home/router.new" "$home/router.php"; }
  [ -z "$(page_pids)" ] || ! answers || return 0
  stop_pages
  (
    cd "$home/www"
    export PHP_CLI_SERVER_WORKERS PHP_INI_SCAN_DIR='' NAGIOS_HOME=$home
    PHP_CLI_SERVER_WORKERS=$(config-get workers)
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    exec setsid "$(php_program)" -n -d display_errors=0 -d log_errors=1 -S "${ISTHMUS_ADDRESS:-0.0.0.0}:$port" -t "$home/www" "$home/router.php" \
      < /dev/null >> "$home/pages.log" 2>&1
  ) &
  local pid=$!
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    answers && return 0
    sleep 0.1
  done
  tail -n 20 "$home/pages.log" >&2
  return 1
}

stop_pages() {
  local pids
  for _ in $(seq 50); do
    pids=$(page_pids)
    [ -n "$pids" ] || return 0
    kill $pids 2> /dev/null || true
    sleep 0.1
  done
  kill -9 $pids 2> /dev/null || true
}

# --- brings the unit to what relations and config say; every hook ends here

settle() {
  local relation
  write_config
  run_pages || { status-set blocked "The pages are not served, see the log"; return 0; }
  if ! run_daemon; then
    status-set blocked "Nagios does not start, see its log"
    return 0
  fi
  open-port "$port/tcp"
  for relation in $(relation-ids website); do relation-set -r "$relation" port="$port" hostname="$address"; done
  status-set active Ready
}
