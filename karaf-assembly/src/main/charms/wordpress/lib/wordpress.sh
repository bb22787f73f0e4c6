# What the hooks share. A unit's files are below $home; packages are in the machine's own root where it has one, else in the system.
set -eu
root=${ISTHMUS_ROOT:-}
unit=${JUJU_UNIT_NAME//\//-}
home=${ISTHMUS_MACHINE_DIR:-/var/lib}/srv/$unit
address=$(unit-get private-address)
port=80
[ "$(id -u)" = 0 ] || port=8080
libs=$root/usr/lib/$(uname -m)-linux-gnu:$root/lib/$(uname -m)-linux-gnu

# The PHP of the packages, with its extensions and nothing else of the system's settings.
php() {
  LD_LIBRARY_PATH=${root:+$libs} PHP_INI_SCAN_DIR='' "$(echo "$root"/usr/bin/php[78].[0-9] | head -n 1)" -c "$home/php.ini" "$@"
}

install_wordpress() {
  status-set maintenance "Installing WordPress"
  apt-get -q update
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    wordpress php-cli php-mysql php-gd php-xml php-mbstring php-curl
  # A default theme: which ones there are depends on the release.
  local theme
  for theme in twentytwentythree twentytwentyfour twentytwentyfive twentytwentytwo twentytwentyone twentytwenty; do
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "wordpress-theme-$theme" > /dev/null 2>&1 && break
  done
  mkdir -p "$home"
  chmod 700 "$home"
  copy_site
  write_php_ini
}

# The site is the unit's own copy: packages link to places below / that are elsewhere in a machine without a system of its own.
copy_site() {
  local www=$home/www.new from=$root/usr/share/wordpress each target
  rm -rf "$www"
  mkdir -p "$www"
  # Links that lead nowhere inside the machine's own root may lead to a package that the host has.
  find "$from" -xtype l -printf './%P\n' > "$home/outside"
  tar -C "$from" -ch --exclude=./.htaccess --exclude=./wp-config.php --exclude=./wp-content -X "$home/outside" -f - . \
    | tar -C "$www" -x -f -
  while read -r each; do
    target=$(realpath -m "$from/$each")
    [ ! -e "${target#"$root"}" ] || cp -L "${target#"$root"}" "$www/$each"
  done < "$home/outside"
  mkdir -p "$www"/wp-content/{themes,plugins,uploads}
  for from in "$root/usr/share/wordpress/wp-content" "$root/var/lib/wordpress/wp-content"; do
    for each in themes plugins; do
      [ -d "$from/$each" ] && tar -C "$from/$each" -c -f - . | tar -C "$www/wp-content/$each" -x -f - --keep-old-files 2> /dev/null || true
    done
  done
  find "$www" -xtype l -delete
  if [ -d "$home/www" ]; then
    cp -a "$home/www/wp-content/uploads/." "$www/wp-content/uploads/"
    cp -a "$home/www/wp-config.php" "$www/" 2> /dev/null || true
    rm -rf "$home/www.old"
    mv "$home/www" "$home/www.old"
  fi
  mv "$www" "$home/www"
  rm -rf "$home/www.old"
}

write_php_ini() {
  local modules each
  modules=$(echo "$root"/usr/lib/php/20* | head -n 1)
  {
    echo "extension_dir = $modules"
    echo "memory_limit = 256M"
    echo "upload_max_filesize = 64M"
    echo "post_max_size = 64M"
    echo "expose_php = Off"
    echo "display_errors = Off"
    echo "log_errors = On"
    echo "sys_temp_dir = $home"
    # In this order: some need those before them.
    for each in ctype iconv exif fileinfo gettext gd mbstring mysqlnd mysqli dom xml simplexml xmlreader xmlwriter curl phar posix sockets tokenizer; do
      [ -e "$modules/$each.so" ] && echo "extension = $each"
    done
    if [ -e "$modules/opcache.so" ]; then
      printf 'zend_extension = opcache\nopcache.enable_cli = 1\nopcache.memory_consumption = 64\n'
    fi
  } > "$home/php.ini"
}

# --- the database

# Sets database, user, password, host from the relation; fails when they are not all there. Any unit that is no replica will do.
read_database() {
  local relation other
  for relation in $(relation-ids db); do
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

php_string() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }

# --- keys that all units of the site share: whoever leads makes them, the peers read them

keys() {
  local relation other keys
  relation=$(relation-ids loadbalancer | head -n 1)
  if [ ! -s "$home/keys" ] && [ -n "$relation" ]; then
    for other in $(relation-list -r "$relation"); do
      keys=$(relation-get -r "$relation" keys "$other")
      if [ -n "$keys" ]; then (umask 077; echo "$keys" > "$home/keys"); break; fi
    done
  fi
  if [ ! -s "$home/keys" ]; then
    [ "$(is-leader)" = True ] || return 1
    (umask 077; head -c 48 /dev/urandom | base64 -w0 > "$home/keys")
  fi
  [ -z "$relation" ] || relation-set -r "$relation" keys="$(cat "$home/keys")"
}

write_config() {
  local keys each
  keys=$(cat "$home/keys")
  umask 077
  {
    echo '<?php'
    echo "define('DB_NAME', $(php_string "$database"));"
    echo "define('DB_USER', $(php_string "$user"));"
    echo "define('DB_PASSWORD', $(php_string "$password"));"
    echo "define('DB_HOST', $(php_string "$host"));"
    echo "define('DB_CHARSET', 'utf8mb4');"
    echo "define('DB_COLLATE', '');"
    for each in AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT; do
      echo "define('$each', '$(printf %s "$each $keys" | sha512sum | cut -c 1-64)');"
    done
    # The site answers under whatever name it is reached by.
    echo "\$site = 'http://' . (\$_SERVER['HTTP_HOST'] ?? '$address:$port');"
    echo "define('WP_HOME', \$site);"
    echo "define('WP_SITEURL', \$site);"
    # Code is the package's and the charm's; nothing is fetched from elsewhere while a page is made.
    echo "define('DISALLOW_FILE_MODS', true);"
    echo "define('AUTOMATIC_UPDATER_DISABLED', true);"
    echo "define('WP_HTTP_BLOCK_EXTERNAL', true);"
    echo "define('DISABLE_WP_CRON', true);"
    echo "\$table_prefix = 'wp_';"
    echo "if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }"
    echo "require_once ABSPATH . 'wp-settings.php';"
  } > "$home/wp-config.next"
  mv "$home/wp-config.next" "$home/www/wp-config.php"
}

# Makes the blog's tables once, by the leader. Exit code 3: another unit has to do it.
install_blog() {
  [ -s "$home/admin-password" ] || (umask 077; head -c 12 /dev/urandom | base64 -w0 > "$home/admin-password")
  BLOG_TITLE=$(config-get blog-title) ADMIN_EMAIL=$(config-get admin-email) LEADS=$(is-leader) \
    ADMIN_PASSWORD=$(cat "$home/admin-password") SITE=$home/www php "$(dirname "${BASH_SOURCE[0]}")/install-blog.php"
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
    export PHP_CLI_SERVER_WORKERS PHP_INI_SCAN_DIR=''
    PHP_CLI_SERVER_WORKERS=$(config-get workers)
    [ -z "$root" ] || export LD_LIBRARY_PATH=$libs
    # A session of its own: the server's workers are ended with it.
    exec setsid "$(echo "$root"/usr/bin/php[78].[0-9] | head -n 1)" -c "$home/php.ini" \
      -S "${ISTHMUS_ADDRESS:-0.0.0.0}:$port" -t "$home/www" < /dev/null >> "$home/log" 2>&1
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
  php -r '$c = stream_context_create(["http" => ["timeout" => 20, "ignore_errors" => true]]);
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
    status-set waiting "Waiting for database"
    return 0
  fi
  if ! keys; then
    status-set waiting "Waiting for the leader's keys"
    return 0
  fi
  write_config
  install_blog || rc=$?
  if [ $rc = 3 ]; then
    status-set waiting "Waiting for the leader to install the blog"
    return 0
  fi
  if [ $rc != 0 ]; then
    status-set waiting "Database does not answer"
    return 0
  fi
  start_server
  local page
  page=$(page_status)
  if [ "$page" != 200 ]; then
    status-set maintenance "Front page answers $page"
    return 0
  fi
  open-port "$port/tcp"
  tell_website
  status-set active
}

# Without its database the site must not answer: WordPress would offer its installation to anybody.
leave() {
  stop_server
  rm -f "$home/www/wp-config.php"
  close-port "$port/tcp"
}

tell_website() {
  local relation
  for relation in $(relation-ids website); do
    relation-set -r "$relation" port="$port" hostname="$address"
  done
}
