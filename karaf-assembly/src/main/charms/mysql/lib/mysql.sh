# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
address=$(unit-get private-address)
export PATH=$PATH:$root/usr/bin:$root/usr/sbin:$root/bin:$root/sbin
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu

with_libs() { LD_LIBRARY_PATH=${root:+$libs} "$@"; }

install_server() {
  status-set maintenance "Installing MariaDB"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends mariadb-server
  mkdir -p "$home"/{tmp,passwords}
  chmod 700 "$home"
  [ -s "$home/root-password" ] || new_password > "$home/root-password"
  printf '[client]\nuser=root\npassword=%s\nsocket=%s/socket\n' "$(cat "$home/root-password")" "$home" > "$home/client.cnf"
  chmod 600 "$home/client.cnf" "$home/root-password"
  if [ ! -d "$home/data" ]; then
    # Whole under its name, or not at all: this hook may be cut off and run again.
    rm -rf "$home/data.new"
    with_libs mariadb-install-db --no-defaults --basedir="$root/usr" --datadir="$home/data.new" --tmpdir="$home/tmp" \
      --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve $(as_user) > "$home/install.log" 2>&1 \
      || { cat "$home/install.log" >&2; exit 1; }
    mv "$home/data.new" "$home/data"
  fi
  wrap_client
  application-version-set "$(with_libs mariadbd --no-defaults --version | sed -E 's/.*Ver ([0-9.]+).*/\1/')"
}

# `mysql` on the machine's PATH logs an operator in, unprompted.
wrap_client() {
  local bin=${ISTHMUS_MACHINE_DIR:-/usr/local}/bin
  mkdir -p "$bin"
  cat > "$bin/mysql" <<WRAPPER
#!/bin/bash
export LD_LIBRARY_PATH=${root:+$libs}
exec ${root}/usr/bin/mariadb --defaults-file=$home/client.cnf --prompt='mysql> ' "\$@"
WRAPPER
  chmod 755 "$bin/mysql"
}

new_password() { head -c 18 /dev/urandom | base64 | tr '+/' 'xy'; }
as_user() { if [ "$(id -u)" = 0 ]; then echo --user=root; fi; }
sql() { with_libs mariadb --defaults-file="$home/client.cnf" --batch --skip-column-names "$@"; }
# The bytes of a name or a password, whatever is in them.
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }

is_running() {
  local pid
  pid=$(cat "$home/pid" 2>/dev/null) && [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF "$home/data"
}

start_server() {
  is_running && return 0
  # One statement a line: that is how the server reads it. None of it is for replicas: each has its own root.
  cat > "$home/init.sql" <<SQL
SET sql_log_bin=0;
DELETE FROM mysql.global_priv WHERE User='' OR (User='root' AND Host<>'localhost');
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY $(quoted "$(cat "$home/root-password")");
SQL
  chmod 600 "$home/init.sql"
  rm -f "$home/pid"
  (
    cd "$home"
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    exec setsid "$root/usr/sbin/mariadbd" --no-defaults $(as_user) --basedir="$root/usr" --datadir="$home/data" \
      --tmpdir="$home/tmp" --socket="$home/socket" --pid-file="$home/pid" --port=3306 --bind-address="${ISTHMUS_ADDRESS:-0.0.0.0}" \
      --init-file="$home/init.sql" --skip-name-resolve --performance-schema=off --innodb-log-file-size=16M \
      --innodb-buffer-pool-size="$(config-get buffer-pool-size)" --max-connections="$(config-get max-connections)" \
      --server-id=$((${unit##*-} + 1)) --log-bin="$home/data/binlog" --log-slave-updates --binlog-format=mixed \
      < /dev/null >> "$home/log" 2>&1
  ) &
  local pid=$!
  for _ in $(seq 300); do
    kill -0 "$pid" 2> /dev/null || break
    if is_running && sql -e 'select 1' > /dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  tail -n 20 "$home/log" >&2
  juju-log -l ERROR "MariaDB does not start, see $home/log"
  return 1
}

stop_server() {
  is_running || return 0
  local pid
  pid=$(cat "$home/pid")
  kill "$pid"
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$pid"
}

cluster() { relation-ids cluster | head -n 1; }
is_primary() { [ "$(is-leader)" = True ]; }

# --- one database and one user for each application on `db`

# $1: relation id; the other side may have no unit yet.
give_database() {
  local relation=$1 remote application password
  remote=${2:-$(relation-list -r "$relation" | head -n 1)}
  application=${remote%/*}
  [ -n "$application" ] || return 0
  if is_primary; then
    [ -s "$home/passwords/$application" ] || new_password > "$home/passwords/$application"
    password=$(cat "$home/passwords/$application")
    sql <<SQL
CREATE DATABASE IF NOT EXISTS \`$application\`;
CREATE USER IF NOT EXISTS $(quoted "$application")@'%';
ALTER USER $(quoted "$application")@'%' IDENTIFIED BY $(quoted "$password");
GRANT ALL PRIVILEGES ON \`$application\`.* TO $(quoted "$application")@'%';
SQL
    [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$application=$password"
    relation-set -r "$relation" database="$application" user="$application" password="$password" host="$address" slave=False
    return 0
  fi
  # A replica serves the same database with the primary's credentials, once it has them.
  password=$(from_primary "password-$application")
  [ -z "$password" ] || relation-set -r "$relation" database="$application" user="$application" password="$password" host="$address" slave=True
}

give_databases() {
  local relation
  for relation in $(relation-ids db); do give_database "$relation"; done
}

# The data stays: removing a relation must not destroy what was written. Only the login goes.
take_user() {
  local application=$1
  is_primary || return 0
  [ -z "$application" ] || sql -e "DROP USER IF EXISTS $(quoted "$application")@'%'"
  rm -f "$home/passwords/$application"
  [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$application="
}

# --- replication: the leader is the primary

# A key of the peer that became the primary last.
from_primary() {
  local relation other since best='' newest=0
  relation=$(cluster)
  [ -n "$relation" ] || return 0
  for other in $(relation-list -r "$relation"); do
    since=$(relation-get -r "$relation" primary-since "$other")
    if [ "${since:-0}" -gt "$newest" ]; then
      newest=$since
      best=$other
    fi
  done
  [ -z "$best" ] || relation-get -r "$relation" "$1" "$best"
}

follow_or_lead() {
  local relation password host
  relation=$(cluster)
  if is_primary; then
    sql -e "STOP ALL SLAVES; SET GLOBAL read_only=0" 2> /dev/null || true
    [ -n "$relation" ] || return 0
    [ -s "$home/passwords/.replica" ] || { from_primary password-replica > "$home/passwords/.replica"; }
    [ -s "$home/passwords/.replica" ] || new_password > "$home/passwords/.replica"
    password=$(cat "$home/passwords/.replica")
    sql -e "CREATE USER IF NOT EXISTS 'replica'@'%'; ALTER USER 'replica'@'%' IDENTIFIED BY $(quoted "$password");
      GRANT REPLICATION SLAVE ON *.* TO 'replica'@'%'"
    adopt_passwords
    [ -s "$home/primary-since" ] || date +%s > "$home/primary-since"
    rm -f "$home/following"
    relation-set -r "$relation" primary-since="$(cat "$home/primary-since")" password-replica="$password"
    return 0
  fi
  [ -n "$relation" ] || return 0
  rm -f "$home/primary-since"
  relation-set -r "$relation" primary-since=
  host=$(from_primary private-address)
  password=$(from_primary password-replica)
  [ -n "$host" ] && [ -n "$password" ] || return 0
  [ "$(cat "$home/following" 2>/dev/null)" = "$host" ] && replicates && return 0
  sql -e "SET GLOBAL read_only=1; STOP ALL SLAVES;
    CHANGE MASTER TO MASTER_HOST=$(quoted "$host"), MASTER_USER='replica', MASTER_PASSWORD=$(quoted "$password"),
      MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=5; START SLAVE"
  echo "$host" > "$home/following"
  for _ in $(seq 50); do
    replicates && return 0
    sleep 0.1
  done
}

replicates() { sql -e "SHOW STATUS LIKE 'Slave_running'" | grep -qw ON; }

# A new primary goes on with the passwords that its predecessor gave out.
adopt_passwords() {
  local relation other line key
  relation=$(cluster)
  for other in $(relation-list -r "$relation"); do
    while read -r line; do
      key=${line%%:*}
      line=${line#*: }
      case $key in
        password-replica|'') ;;
        password-*) [ -s "$home/passwords/${key#password-}" ] || echo "${line//[\"\']/}" > "$home/passwords/${key#password-}" ;;
      esac
    done < <(relation-get -r "$relation" --format yaml - "$other" < /dev/null | grep '^password-.*: ..')
  done
}

# --- status

show_status() {
  if ! is_running || ! sql -e 'select 1' > /dev/null 2>&1; then
    status-set maintenance "Database is not running"
    return 0
  fi
  if ! is_primary && [ -e "$home/following" ] && ! replicates; then
    status-set waiting "Replication from $(cat "$home/following") is not running"
    return 0
  fi
  status-set active
}
