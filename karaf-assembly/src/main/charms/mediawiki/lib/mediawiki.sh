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

# The PHP of the packages, with its extensions and nothing else of the system's settings.
php() {
  LD_LIBRARY_PATH=${root:+$libs} PHP_INI_SCAN_DIR='' "$(echo "$root"/usr/bin/php[78].[0-9] | head -n 1)" -c "$home/php.ini" "$@"
}

install_mediawiki() {
  status-set maintenance "Installing MediaWiki"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    mediawiki php-cli php-mysql php-intl php-xml php-mbstring php-gd php-curl
  # The package brings a web server along; in a machine with a system of its own it would hold the port.
  if [ -z "$root" ]; then
    systemctl disable --now apache2 2> /dev/null || service apache2 stop 2> /dev/null || true
  fi
  mkdir -p "$home"/{cache,images,conf,tmp}
  chmod 700 "$home"
  copy_code
  write_php_ini
}

# The unit's own tree of the package's files, which are the same files where that is possible: they are never written to. (The
# package's links lead to places below /, which are elsewhere in a machine without a system of its own.)
copy_code() {
  local www=$home/www.new from=$root/usr/share/mediawiki
  rm -rf "$www"
  cp -al "$from" "$www" 2> /dev/null || { rm -rf "$www"; cp -a "$from" "$www"; }
  rm -rf "$www"/{LocalSettings.php,config,mw-config,images}
  rm -f "$www/extensions"
  ln -s extensions-core "$www/extensions"
  ln -s "$home/images" "$www/images"
  rm -rf "$home/www.old"
  [ ! -d "$home/www" ] || mv "$home/www" "$home/www.old"
  mv "$www" "$home/www"
  rm -rf "$home/www.old"
}

write_php_ini() {
  local modules each
  modules=$(echo "$root"/usr/lib/php/20* | head -n 1)
  {
    echo "extension_dir = $modules"
    echo "memory_limit = 256M"
    echo "expose_php = Off"
    echo "display_errors = Off"
    echo "log_errors = On"
    echo "sys_temp_dir = $home/tmp"
    # In this order: some need those before them.
    for each in ctype iconv calendar exif fileinfo gettext gd intl mbstring mysqlnd mysqli dom xml simplexml xmlreader xmlwriter curl phar \
      posix sockets tokenizer; do
      [ -e "$modules/$each.so" ] && echo "extension = $each"
    done
    if [ -e "$modules/opcache.so" ]; then
      printf 'zend_extension = opcache\nopcache.enable_cli = 1\nopcache.memory_consumption = 96\nopcache.max_accelerated_files = 20000\n'
    fi
  } > "$home/php.ini"
}

version() { sed -n "s/^define( *'MW_VERSION', *'\(.*\)' *);.*/\1/p" "$home/www/includes/Defines.php"; }

# --- the database

newest_first() { relation-ids "$1" | sort -t : -k 2 -n -r; }

# Sets database, user, password, host from the relation; fails when they are not all there. Any unit that is no replica will do; of
# several relations the newest counts, as the other one is about to go.
read_database() {
  local relation other
  for relation in $(newest_first db); do
    for other in $(relation-list -r "$relation"); do
      database=$(relation-get -r "$relation" database "$other")
      user=$(relation-get -r "$relation" user "$other")
      password=$(relation-get -r "$relation" password "$other")
      host=$(relation-get -r "$relation" private-address "$other")
      if [ -n "$database" ] && [ -n "$user" ] && [ -n "$password" ] && [ -n "$host" ] \
        && [ "$(relation-get -r "$relation" slave "$other")" != True ]; then
        return 0
      fi
    done
  done
  return 1
}

# The replicas that serve this very database: "host user password" each.
replicas() {
  local relation other of user password host
  for relation in $(newest_first slave); do
    for other in $(relation-list -r "$relation"); do
      [ "$(relation-get -r "$relation" slave "$other")" = True ] || continue
      of=$(relation-get -r "$relation" database "$other")
      user=$(relation-get -r "$relation" user "$other")
      password=$(relation-get -r "$relation" password "$other")
      host=$(relation-get -r "$relation" private-address "$other")
      [ "$of" = "$database" ] && [ -n "$user" ] && [ -n "$password" ] && [ -n "$host" ] && echo "$host $user $password"
    done
  done
  return 0
}

caches() {
  local relation other host cache_port
  for relation in $(relation-ids cache); do
    for other in $(relation-list -r "$relation"); do
      host=$(relation-get -r "$relation" private-address "$other")
      cache_port=$(relation-get -r "$relation" port "$other")
      [ -n "$host" ] && [ -n "$cache_port" ] && echo "$host:$cache_port"
    done
  done
  return 0
}

php_string() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }
# Units have no relation among themselves: what they must share comes from what each of them has been given.
shared_key() { printf %s "$1 $database $password" | sha256sum | cut -c 1-64; }

write_config() {
  local each replica_host replica_user replica_password server caches
  server=$(config-get server_address)
  caches=$(caches)
  (
    umask 077
    {
      echo '<?php'
      echo "if (!defined('MEDIAWIKI')) { exit; }"
      echo "\$wgSitename = $(php_string "$(config-get name)");"
      echo "\$wgMetaNamespace = 'Project';"
      # The wiki answers under whatever name it is reached by, unless it was given one.
      if [ -n "$server" ]; then
        echo "\$wgServer = $(php_string "${server%/}");"
      else
        echo "\$wgServer = 'http://' . (preg_match('/^[A-Za-z0-9.:\\[\\]-]+\$/', \$_SERVER['HTTP_HOST'] ?? '') ? \$_SERVER['HTTP_HOST'] : '$address:$port');"
      fi
      echo "\$wgCanonicalServer = \$wgServer;"
      echo "\$wgScriptPath = '';"
      echo "\$wgArticlePath = '/wiki/\$1';"
      echo "\$wgMainPageIsDomainRoot = true;"
      echo "\$wgUsePathInfo = true;"
      echo "\$wgDBtype = 'mysql';"
      echo "\$wgDBserver = $(php_string "$host");"
      echo "\$wgDBname = $(php_string "$database");"
      echo "\$wgDBuser = $(php_string "$user");"
      echo "\$wgDBpassword = $(php_string "$password");"
      echo "\$wgDBTableOptions = 'ENGINE=InnoDB, DEFAULT CHARSET=binary';"
      if [ -n "$(replicas)" ]; then
        echo "\$wgDBservers = ["
        echo "  ['host' => \$wgDBserver, 'dbname' => \$wgDBname, 'user' => \$wgDBuser, 'password' => \$wgDBpassword, 'type' => 'mysql', 'load' => 0],"
        while read -r replica_host replica_user replica_password; do
          echo "  ['host' => $(php_string "$replica_host"), 'dbname' => \$wgDBname, 'user' => $(php_string "$replica_user"), 'password' => $(php_string "$replica_password"), 'type' => 'mysql', 'load' => 1],"
        done < <(replicas)
        echo "];"
      fi
      if [ -n "$caches" ]; then
        echo "\$wgMainCacheType = CACHE_MEMCACHED;"
        echo "\$wgMemCachedServers = ["
        for each in $caches; do echo "  $(php_string "$each"),"; done
        echo "];"
      fi
      echo "\$wgSecretKey = '$(shared_key secret)';"
      echo "\$wgUpgradeKey = '$(shared_key upgrade)';"
      echo "\$wgAuthenticationTokenVersion = '1';"
      echo "\$wgCacheDirectory = $(php_string "$home/cache");"
      echo "\$wgUploadDirectory = $(php_string "$home/images");"
      echo "\$wgTmpDirectory = $(php_string "$home/tmp");"
      echo "\$wgEnableUploads = false;"
      # No mail: a machine has no way to send one.
      echo "\$wgEnableEmail = false;"
      echo "\$wgDiff3 = false;"
      echo "\$wgDefaultSkin = $(php_string "$(config-get skin)");"
      each=$(config-get logo)
      [ -z "$each" ] || echo "\$wgLogos = ['1x' => $(php_string "$each")];"
      for each in "$home"/www/skins/*/skin.json; do echo "wfLoadSkin($(php_string "$(basename "$(dirname "$each")")"));"; done
    } > "$home/conf/LocalSettings.next"
  )
  # Files that did not change keep their time: what was compiled of them stays good.
  if cmp -s "$home/conf/LocalSettings.next" "$home/conf/LocalSettings.php"; then
    rm "$home/conf/LocalSettings.next"
  else
    mv "$home/conf/LocalSettings.next" "$home/conf/LocalSettings.php"
  fi
}

look() { DB_HOST=$host DB_USER=$user DB_PASSWORD=$password DB_NAME=$database php "$lib/look.php" "$@"; }

# Makes the wiki's tables, or brings those of an older version up to this one. The first unit that gets there makes them, the others
# wait for it: units have no relation among themselves, nothing would tell them later.
install_wiki() {
  local state made rc=0 said
  made="$(version) $host $database"
  # A database that is just being started again is worth a moment; after that, a later hook tries again.
  until state=$(look 2> /dev/null); do
    [ "$SECONDS" -lt 20 ] || { look > /dev/null; return 1; }
    sleep 0.5
  done
  if [ "$state" = wiki ]; then
    [ "$(cat "$home/made" 2> /dev/null)" != "$made" ] && [ "$(is-leader)" = True ] || return 0
  else
    status-set maintenance "Installing the wiki's tables"
  fi
  coproc ALONE { look alone; }
  said=${ALONE[0]:-}
  [ -n "$said" ] && read -r -u "$said" said || return 1
  install_tables "$state" || rc=$?
  [ -z "${ALONE[1]:-}" ] || exec {ALONE[1]}>&-
  wait "${ALONE_PID:-}" 2> /dev/null || true
  [ $rc != 0 ] || echo "$made" > "$home/made"
  return $rc
}

install_tables() { # what was in the database before the others were kept out
  local state
  state=$(look) || return 1
  if [ "$state" = wiki ]; then
    [ "$1" = wiki ] || return 0
    MW_CONFIG_FILE=$home/conf/LocalSettings.php php "$home/www/maintenance/update.php" --quick > "$home/update.log" 2>&1 \
      || { tail -n 20 "$home/update.log" >&2; return 1; }
    return 0
  fi
  [ "$state" != broken ] || look clear > /dev/null
  (
    umask 077
    rm -rf "$home/installing"
    mkdir "$home/installing"
    [ -s "$home/admin-password" ] || head -c 12 /dev/urandom | base64 -w0 > "$home/admin-password"
    printf %s "$password" > "$home/installing/password"
  )
  # It writes settings of its own, which nobody reads.
  php "$home/www/maintenance/install.php" --dbtype mysql --dbserver "$host" --dbname "$database" --dbuser "$user" \
    --dbpassfile "$home/installing/password" --passfile "$home/admin-password" --confpath "$home/installing" \
    --server "http://$address:$port" --scriptpath '' --lang en "$(config-get name)" Admin > "$home/install.log" 2>&1 \
    || { tail -n 20 "$home/install.log" >&2; rm -rf "$home/installing"; return 1; }
  rm -rf "$home/installing"
  [ "$(look)" = wiki ] || { tail -n 20 "$home/install.log" >&2; return 1; }
}

# --- the server

# Every process of the server: when the first one dies, its workers go on, and hold the port.
# (The brackets keep grep from finding itself.)
server_pids() { grep -slzx -- "$home/ww[w]" /proc/[0-9]*/cmdline | cut -d / -f 3; }

is_running() {
  local pid
  pid=$(cat "$home/pid" 2> /dev/null) && tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -qF -- "-t $home/www "
}

start_server() {
  is_running && answers && return 0
  stop_server
  (
    cd "$home/www"
    export PHP_CLI_SERVER_WORKERS PHP_INI_SCAN_DIR='' MW_CONFIG_FILE=$home/conf/LocalSettings.php
    PHP_CLI_SERVER_WORKERS=$(config-get workers)
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    # The charm's folder is replaced by an upgrade while the server runs.
    cp "$lib/router.php" "$home/router.php"
    # A session of its own: the server's workers are ended with it.
    exec setsid "$(echo "$root"/usr/bin/php[78].[0-9] | head -n 1)" -c "$home/php.ini" \
      -S "${ISTHMUS_ADDRESS:-0.0.0.0}:$port" -t "$home/www" "$home/router.php" < /dev/null >> "$home/log" 2>&1
  ) &
  local pid=$!
  echo "$pid" > "$home/pid"
  for _ in $(seq 100); do
    kill -0 "$pid" 2> /dev/null || break
    answers && return 0
    sleep 0.1
  done
  tail -n 20 "$home/log" >&2
  juju-log -l ERROR "PHP does not serve, see $home/log"
  return 1
}

stop_server() {
  local pids
  for _ in $(seq 50); do
    pids=$(server_pids)
    if [ -z "$pids" ]; then
      rm -f "$home/pid"
      return 0
    fi
    kill $pids 2> /dev/null || true
    sleep 0.1
  done
  kill -9 $pids 2> /dev/null || true
  rm -f "$home/pid"
}

answers() { (exec 3<> "/dev/tcp/$address/$port") 2> /dev/null; }

# The front page, as a visitor gets it: prints its status.
page_status() {
  php -r '$c = stream_context_create(["http" => ["timeout" => 30, "ignore_errors" => true]]);
    @file_get_contents($argv[1], false, $c); echo isset($http_response_header) ? explode(" ", $http_response_header[0])[1] : 0;' \
    "http://$address:$port/"
}

# --- brings the unit to what relations and config say; every hook ends here

settle() {
  local rc=0
  if [ -z "$(relation-ids db)" ]; then
    leave
    status-set blocked "Database required"
    return 0
  fi
  if ! read_database; then
    leave
    status-set waiting "Waiting for database"
    return 0
  fi
  write_config
  install_wiki || rc=$?
  if [ $rc != 0 ]; then
    status-set waiting "Database does not answer"
    return 0
  fi
  start_server
  local page
  # A replica may need a moment to have what was just written.
  for _ in $(seq 20); do
    page=$(page_status)
    [ "$page" != 200 ] || break
    sleep 0.5
  done
  if [ "$page" != 200 ]; then
    status-set maintenance "Front page answers $page"
    return 0
  fi
  open-port "$port/tcp"
  tell_website
  application-version-set "$(version)"
  status-set active Ready
}

# What was read from one database must not show up over another one.
leave() {
  local relation
  stop_server
  rm -f "$home/conf/LocalSettings.php"
  close-port "$port/tcp"
  for relation in $(relation-ids website); do relation-set -r "$relation" port= hostname=; done
}

tell_website() {
  local relation
  for relation in $(relation-ids website); do
    relation-set -r "$relation" port="$port" hostname="$address"
  done
}
