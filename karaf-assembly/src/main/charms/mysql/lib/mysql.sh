# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
# A socket's path has at most 107 bytes; below a deep folder it is reached by way of the process' own folder, which is the data.
socket=$home/socket
[ ${#socket} -le 100 ] || socket=/proc/self/cwd/socket
at_data() { if [ "${socket#/proc/}" = "$socket" ]; then echo :; else echo "cd $home/data"; fi; }
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
  printf '[client]\nuser=root\npassword=%s\nsocket=%s\n' "$(cat "$home/root-password")" "$socket" > "$home/client.cnf"
  chmod 600 "$home/client.cnf" "$home/root-password"
  if [ ! -d "$home/data" ]; then
    # Whole under its name, or not at all: this hook may be cut off and run again.
    # (--force: a machine may have no name that can be looked up.)
    rm -rf "$home/data.new"
    with_libs mariadb-install-db --no-defaults --basedir="$root/usr" --datadir="$home/data.new" --tmpdir="$home/tmp" \
      --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --force $(as_user) > "$home/install.log" 2>&1 \
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
$(at_data)
exec ${root}/usr/bin/mariadb --defaults-file=$home/client.cnf --prompt='mysql> ' "\$@"
WRAPPER
  chmod 755 "$bin/mysql"
}

new_password() { head -c 18 /dev/urandom | base64 | tr '+/' 'xy'; }
as_user() { if [ "$(id -u)" = 0 ]; then echo --user=root; fi; }
sql() (
  $(at_data)
  with_libs mariadb --defaults-file="$home/client.cnf" --batch --skip-column-names "$@"
)
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
      --tmpdir="$home/tmp" --socket="$socket" --pid-file="$home/pid" --port=3306 --bind-address="${ISTHMUS_ADDRESS:-0.0.0.0}" \
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
    password=$(own_password "$application")
    make_database "$application" || return 0
    sql <<SQL
CREATE USER IF NOT EXISTS $(quoted "$application")@'%';
ALTER USER $(quoted "$application")@'%' IDENTIFIED BY $(quoted "$password");
GRANT ALL PRIVILEGES ON \`$application\`.* TO $(quoted "$application")@'%';
GRANT REPLICATION CLIENT ON *.* TO $(quoted "$application")@'%';
SQL
    # How far behind a replica is: a privilege of its own since MariaDB 10.5.
    sql -e "GRANT SLAVE MONITOR ON *.* TO $(quoted "$application")@'%'" 2> /dev/null || true
    [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$application=$password"
    relation-set -r "$relation" database="$application" user="$application" password="$password" host="$address" slave=False
    return 0
  fi
  # A replica serves the same database with the primary's credentials, once it has them, and has what was written.
  password=$(from_primary "password-$application")
  [ -n "$password" ] && caught_up || return 0
  relation-set -r "$relation" database="$application" user="$application" password="$password" host="$address" slave=True
}

# The password of a login that is this application's. A login of that name that somebody wished for over `shared-db` goes.
own_password() {
  if [ ! -s "$home/passwords/$1" ]; then
    sql -e "DROP USER IF EXISTS $(quoted "$1")@'%'"
    new_password > "$home/passwords/$1"
  fi
  cat "$home/passwords/$1"
}

# A database named after its application; fails where another one has that name over `shared-db`.
make_database() {
  local owner
  case $1 in mysql|sys|information_schema|performance_schema) juju-log -l ERROR "the database $1 is the server's own"; return 1 ;; esac
  sql -e "CREATE DATABASE IF NOT EXISTS \`$1\`" || exit 1
  owner=$(sql -e "SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME=$(quoted "$1")")
  [ -z "$owner" ] || { juju-log -l ERROR "the database $1 is ${owner#shared-db of }'s, who asked for it over shared-db"; return 1; }
}

give_databases() {
  local relation
  for relation in $(relation-ids db); do give_database "$relation"; done
  for relation in $(relation-ids db-admin); do give_admin "$relation"; done
  for relation in $(relation-ids database); do give_client "$relation"; done
  for relation in $(relation-ids shared-db); do give_shared "$relation"; done
  tell_monitors
}

# When this unit goes, its relations break while the application has them still: what the others serve must stay. A unit that has
# peers acts only where it was seen that the other side left; otherwise it is left to a later hook, which a unit that goes never runs.
note_departing() {
  mkdir -p "$home/departed"
  echo "${JUJU_DEPARTING_UNIT:-$JUJU_UNIT_NAME}" > "$home/departed/$JUJU_RELATION_ID"
}

other_side_left() {
  local by
  by=$(cat "$home/departed/$JUJU_RELATION_ID" 2> /dev/null || true)
  [ -z "$(cluster)" ] || [ -z "$(relation-list -r "$(cluster)")" ] || { [ -n "$by" ] && [ "$by" != "$JUJU_UNIT_NAME" ]; }
}

# Drops every login whose application is no longer related: nothing of it is left here but its data, and that only while the
# option says so. An application may have several relations; what is removed is found by looking at those that are there.
drop_unused() {
  local relation application related='' file user
  is_primary || return 0
  for relation in $(relation-ids db) $(relation-ids db-admin) $(relation-ids database) $(relation-ids shared-db); do
    application=$(relation-list -r "$relation" --app)
    # Not knowing is no reason to lock anybody out.
    [ -n "$application" ] || return 0
    case $relation in
      db-admin:*) application=$application.admin ;;
      database:*) application=$application.client ;;
      shared-db:*) application=$application.shared ;;
    esac
    related="$related $application "
  done
  for file in "$home"/passwords/*; do
    [ -e "$file" ] || continue
    user=${file##*/}
    case $related in *" $user "*) continue ;; esac
    drop_login "$user"
    # `wordpress` and `wordpress.client` share the database `wordpress`.
    application=${user%.*}
    if [ "$(config-get keep-databases)" = False ] && [ "$user" != "$application.admin" ] && [ "$user" != "$application.shared" ]; then
      case $related in
        *" $application "*|*" $application.client "*) ;;
        *) sql -e "DROP DATABASE IF EXISTS \`$application\`" ;;
      esac
    fi
    rm -f "$file"
    [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$user="
  done
}

# A login by the name of its file. Those over `shared-db` have the names that the application wished for.
drop_login() {
  local application=${1%.shared} each
  if [ "$1" = "$application" ]; then
    sql -e "DROP USER IF EXISTS $(quoted "$1")@'%'"
    return 0
  fi
  for each in $(shared_users "$application"); do sql -e "DROP USER IF EXISTS $(quoted "$each")@'%'"; done
  [ "$(config-get keep-databases)" = False ] || return 0
  for each in $(shared_databases "$application"); do sql -e "DROP DATABASE IF EXISTS \`$each\`"; done
}

# --- logins for the other interfaces; they are made by the primary, and replicas have them too

# $1: user, $2: what it may do. Prints its password; nothing where there is none yet.
login() {
  local user=$1 password
  if ! is_primary; then
    from_primary "password-$user"
    return 0
  fi
  password=$(own_password "$user")
  sql <<SQL
CREATE USER IF NOT EXISTS $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");
ALTER USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");
GRANT $2 TO $(quoted "$user")@'%';
SQL
  [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$user=$password"
  echo "$password"
}

# `db-admin`: as `db`, with every right on everything.
give_admin() {
  local relation=$1 application password
  application=$(relation-list -r "$relation" --app)
  [ -n "$application" ] || return 0
  password=$(login "$application.admin" "ALL PRIVILEGES ON *.*")
  [ -n "$password" ] || return 0
  ! is_primary || make_database "$application" || return 0
  relation-set -r "$relation" database="$application" user="$application.admin" password="$password" host="$address" \
    slave="$(is_primary && echo False || echo True)"
}

# `database`: what is wished for and what is given are data of the applications, written by the leaders.
give_client() {
  local relation=$1 application database password line endpoints='' replicas='' other
  is_primary || return 0
  application=$(relation-list -r "$relation" --app)
  [ -n "$application" ] || return 0
  database=$(relation-get -r "$relation" --app database "$application")
  [ -n "$database" ] || return 0
  # Its own database, whatever it is called on the other side: two applications may ask for the same name.
  password=$(login "$application.client" "ALL PRIVILEGES ON \`$application\`.*")
  make_database "$application" || return 0
  endpoints=$address:3306
  if [ -n "$(cluster)" ]; then
    for other in $(relation-list -r "$(cluster)"); do
      line=$(relation-get -r "$(cluster)" private-address "$other")
      [ -z "$line" ] || replicas=${replicas:+$replicas,}$line:3306
    done
  fi
  relation-set -r "$relation" --app endpoints="$endpoints" read-only-endpoints="$replicas" username="$application.client" \
    password="$password" database="$application" \
    version="$(sql -e 'select version()' | cut -d - -f 1)"
}

# `shared-db`: databases and logins by the names that the other side wishes for (`database`, `username`, `hostname`), or several of
# them, each under a prefix of its own (`nova_database`, …). A name is its who had it first: the comment of a database says whose it is.
give_shared() {
  local relation=$1 application password prefix other allowed
  application=$(relation-list -r "$relation" --app)
  [ -n "$application" ] || return 0
  if ! is_primary; then
    # One that no longer leads takes back what it said.
    for other in db_host $(relation-get -r "$relation" --format yaml - "$JUJU_UNIT_NAME" | sed -nE 's/^(.*_)?(password|allowed_units):.*/\1\2/p'); do
      relation-set -r "$relation" "$other="
    done
    return 0
  fi
  for prefix in $(shared_prefixes "$relation"); do
    prefix=${prefix%.}
    allowed=''
    for other in $(relation-list -r "$relation"); do
      make_shared "$application" "$(relation-get -r "$relation" "${prefix}database" "$other")" \
        "$(relation-get -r "$relation" "${prefix}username" "$other")" && allowed="$allowed $other"
    done
    [ -n "$allowed" ] || continue
    relation-set -r "$relation" db_host="$address" "${prefix}password=$(cat "$home/passwords/$application.shared")" \
      "${prefix}allowed_units=${allowed# }"
  done
}

# Each with a dot at its end, as the empty one is one too.
shared_prefixes() {
  local other
  for other in $(relation-list -r "$1"); do
    relation-get -r "$1" --format yaml - "$other" | sed -nE 's/^([A-Za-z0-9-]+_)?database:.*/\1./p'
  done | sort -u
}

shared_databases() {
  sql -e "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_COMMENT=$(quoted "shared-db of $1")"
}

# (In grants an underscore stands for any character, unless it is escaped.)
shared_users() {
  sql -e "SELECT DISTINCT User FROM mysql.db WHERE Db IN (SELECT REPLACE(SCHEMA_NAME, '_', CONCAT(CHAR(92), '_'))
    FROM information_schema.SCHEMATA WHERE SCHEMA_COMMENT=$(quoted "shared-db of $1"))"
}

# APPLICATION DATABASE USER: fails where a wish is not complete, or is for what is not the application's.
make_shared() {
  local application=$1 database=$2 user=$3 owner password
  [ -n "$database" ] && [ -n "$user" ] || return 1
  case $database$user in
    *[!A-Za-z0-9_.-]*)
      juju-log -l WARNING "$application asks for database $database and user $user: only letters, digits and _.- are given"
      return 1 ;;
  esac
  owner=$(sql -e "SELECT CONCAT('=', SCHEMA_COMMENT) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME='$database'")
  if [ -n "$owner" ] && [ "$owner" != "=shared-db of $application" ]; then
    juju-log -l WARNING "$application asks for database $database, which is not its own"
    return 1
  fi
  if [ -n "$(sql -e "SELECT User FROM mysql.global_priv WHERE User='$user'")" ] && ! shared_users "$application" | grep -qxF "$user"; then
    juju-log -l WARNING "$application asks for user $user, which is not its own"
    return 1
  fi
  [ -s "$home/passwords/$application.shared" ] || new_password > "$home/passwords/$application.shared"
  password=$(cat "$home/passwords/$application.shared")
  # (Called where a failure means no, bash goes on after an error.)
  sql <<SQL || exit 1
CREATE DATABASE IF NOT EXISTS \`$database\` COMMENT $(quoted "shared-db of $application");
CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY $(quoted "$password");
ALTER USER '$user'@'%' IDENTIFIED BY $(quoted "$password");
GRANT ALL PRIVILEGES ON \`${database//_/\\_}\`.* TO '$user'@'%';
SQL
  [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-$application.shared=$password"
}

# --- monitoring

# For a monitoring server (`monitors`), and for the agent on this machine (`local-monitors`, `nrpe-external-master`).
tell_monitors() {
  local relation password monitors
  for relation in $(relation-ids monitors) $(relation-ids local-monitors) $(relation-ids nrpe-external-master); do
    password=$(monitors_password)
    [ -n "$password" ] || return 0
    monitors="version: '0.3'
monitors:
  local:
    procrunning:
      mysql: {name: MariaDB runs, min: 1, max: 1, executable: mariadbd}
  remote:
    mysql:
      basic: {user: monitors, password: '$password'}
"
    relation-set -r "$relation" monitors="$monitors" target-id="$unit" target-address="$address"
  done
}

# A login that may connect and see how it goes, and nothing else.
monitors_password() {
  local password
  is_primary || { from_primary password-monitors; return 0; }
  [ -s "$home/passwords/.monitors" ] || new_password > "$home/passwords/.monitors"
  password=$(cat "$home/passwords/.monitors")
  sql <<SQL
CREATE USER IF NOT EXISTS 'monitors'@'%' IDENTIFIED BY $(quoted "$password");
ALTER USER 'monitors'@'%' IDENTIFIED BY $(quoted "$password");
SQL
  [ -z "$(cluster)" ] || relation-set -r "$(cluster)" "password-monitors=$password"
  echo "$password"
}

# When nobody watches any more, there is nobody to log in.
drop_monitors() {
  is_primary || return 0
  [ -z "$(relation-ids monitors)$(relation-ids local-monitors)$(relation-ids nrpe-external-master)" ] || return 0
  sql -e "DROP USER IF EXISTS 'monitors'@'%'"
  rm -f "$home/passwords/.monitors"
  [ -z "$(cluster)" ] || relation-set -r "$(cluster)" password-monitors=
}

# --- replication: the leader is the primary

# The peer that became the primary last; nothing where there is none.
newest_primary() {
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
  echo "$best"
}

from_primary() { # KEY: what it says
  local primary
  primary=$(newest_primary)
  [ -z "$primary" ] || relation-get -r "$(cluster)" "$1" "$primary"
}

follow_or_lead() {
  local relation password host
  relation=$(cluster)
  if is_primary; then
    sql -e "STOP ALL SLAVES; SET GLOBAL read_only=0" 2> /dev/null || true
    [ -n "$relation" ] || return 0
    adopt_passwords
    [ -s "$home/passwords/.replica" ] || new_password > "$home/passwords/.replica"
    password=$(cat "$home/passwords/.replica")
    sql -e "CREATE USER IF NOT EXISTS 'replica'@'%'; ALTER USER 'replica'@'%' IDENTIFIED BY $(quoted "$password");
      GRANT REPLICATION SLAVE ON *.* TO 'replica'@'%'"
    [ -s "$home/primary-since" ] || date +%s > "$home/primary-since"
    rm -f "$home/following"
    relation-set -r "$relation" primary-since="$(cat "$home/primary-since")" password-replica="$password"
    return 0
  fi
  [ -n "$relation" ] || return 0
  rm -f "$home/primary-since"
  relation-set -r "$relation" primary-since=
  adopt_passwords
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

# Has everything that the primary has sent so far; waits a while for it.
caught_up() {
  for _ in $(seq 100); do
    case $(sql -e 'SHOW PROCESSLIST') in
      *"Waiting for master to send event"*"Slave has read all relay log"*|*"Slave has read all relay log"*"Waiting for master to send event"*) return 0 ;;
    esac
    sleep 0.1
  done
  return 1
}

replicates() { sql -e "SHOW STATUS LIKE 'Slave_running'" | grep -qw ON; }

# What the primary gave out. Replicas keep exactly that, so that whoever becomes the next primary goes on with it, also when its
# predecessor has left by then; a primary takes only what it lacks.
adopt_passwords() {
  local primary line key to=$home/passwords
  primary=$(newest_primary)
  [ -n "$primary" ] || return 0
  is_primary || to=$home/passwords.new
  mkdir -p "$to"
  while read -r line; do
    key=${line%%:*}
    line=${line#*: }
    key=${key#password-}
    case $key in replica|monitors) key=.$key ;; esac
    [ -s "$to/$key" ] || echo "${line//[\"\']/}" > "$to/$key"
  done < <(relation-get -r "$(cluster)" --format yaml - "$primary" < /dev/null | grep '^password-[^:]*: ..')
  [ "$to" != "$home/passwords" ] || return 0
  rm -rf "$home/passwords"
  mv "$to" "$home/passwords"
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
