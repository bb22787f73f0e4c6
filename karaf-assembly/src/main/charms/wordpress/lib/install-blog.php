<?php
// Makes the blog if the database has none; keeps its title as configured. Exit code 3: not ours to make.
define('WP_INSTALLING', true);
error_reporting(E_ERROR);
// No mail: a machine has no way to send one.
function wp_new_blog_notification() {}
mysqli_report(MYSQLI_REPORT_OFF);
require getenv('SITE') . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
global $wpdb;
if (!$wpdb->check_connection(false)) {
    fwrite(STDERR, "database does not answer\n");
    exit(1);
}
if (is_blog_installed()) {
    if (getenv('LEADS') === 'True' && get_option('blogname') !== esc_html(getenv('BLOG_TITLE'))) {
        update_option('blogname', getenv('BLOG_TITLE'));
    }
    exit(0);
}
if (getenv('LEADS') !== 'True') {
    exit(3);
}
wp_install(getenv('BLOG_TITLE'), 'admin', getenv('ADMIN_EMAIL'), true, '', wp_slash(getenv('ADMIN_PASSWORD')));
exit(is_blog_installed() ? 0 : 1);
