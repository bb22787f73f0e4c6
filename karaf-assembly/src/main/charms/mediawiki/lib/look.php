<?php
// What is in the database: prints `wiki`, `empty`, or `broken` for an installation that was cut off. Fails when nobody answers.
// With `alone`: prints `alone` once no other unit is in here, and keeps the others out until its input ends.
mysqli_report(MYSQLI_REPORT_OFF);
$db = mysqli_init();
$db->options(MYSQLI_OPT_CONNECT_TIMEOUT, 10);
if (!@$db->real_connect(getenv('DB_HOST'), getenv('DB_USER'), getenv('DB_PASSWORD'), getenv('DB_NAME'))) {
    fwrite(STDERR, "database does not answer: " . mysqli_connect_error() . "\n");
    exit(1);
}
if (($argv[1] ?? '') === 'alone') {
    $db->query('SET wait_timeout=3600');
    $lock = $db->real_escape_string(getenv('DB_NAME'));
    if ($db->query("SELECT GET_LOCK('$lock', 240)")->fetch_row()[0] !== '1') {
        exit(1);
    }
    echo "alone\n";
    fgets(STDIN);
    exit(0);
}
$has = fn ($table) => ($r = $db->query("SELECT 1 FROM `$table` LIMIT 1")) && $r->num_rows > 0;
if ($has('page') || $has('archive')) {
    // The main page is the last thing that an installation makes.
    echo 'wiki';
} elseif ($db->query('SHOW TABLES')->num_rows === 0) {
    echo 'empty';
} else {
    echo $has('user') ? 'unfinished' : 'broken';
}
if (($argv[1] ?? '') === 'clear') {
    // Only ever a half made set of tables in which nothing was written.
    $db->query('SET foreign_key_checks=0');
    foreach ($db->query('SHOW TABLES')->fetch_all() as [$table]) {
        $db->query("DROP TABLE `$table`");
    }
}
