<?php
// The front page lists hosts and their checks; below it are the pages and programs of Nagios itself.
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$home = getenv('NAGIOS_HOME');

function page_missing() {
    http_response_code(404);
    header('Content-Type: text/plain');
    echo "Not found\n";
}

// Runs a program of Nagios as a web server does.
function run_cgi(string $program, string $home): void {
    $body = file_get_contents('php://input');
    $env = [
        'GATEWAY_INTERFACE' => 'CGI/1.1', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_SOFTWARE' => 'php',
        'SERVER_NAME' => $_SERVER['SERVER_NAME'], 'SERVER_PORT' => $_SERVER['SERVER_PORT'],
        'REMOTE_ADDR' => $_SERVER['REMOTE_ADDR'], 'REQUEST_METHOD' => $_SERVER['REQUEST_METHOD'],
        'REQUEST_URI' => $_SERVER['REQUEST_URI'], 'SCRIPT_NAME' => '/cgi-bin/nagios4/' . basename($program),
        'QUERY_STRING' => $_SERVER['QUERY_STRING'] ?? '', 'HTTP_HOST' => $_SERVER['HTTP_HOST'] ?? '',
        'CONTENT_TYPE' => $_SERVER['CONTENT_TYPE'] ?? '', 'CONTENT_LENGTH' => (string) strlen($body),
        'NAGIOS_CGI_CONFIG' => "$home/cgi.cfg", 'PATH' => '/usr/bin:/bin', 'LD_LIBRARY_PATH' => (string) getenv('LD_LIBRARY_PATH'),
    ];
    $process = proc_open([$program], [['pipe', 'r'], ['pipe', 'w'], ['file', "$home/cgi.log", 'a']], $pipes, $home, $env);
    if (!$process) {
        http_response_code(500);
        return;
    }
    fwrite($pipes[0], $body);
    fclose($pipes[0]);
    $answer = stream_get_contents($pipes[1]);
    fclose($pipes[1]);
    proc_close($process);
    [$head, $text] = preg_split('/\r?\n\r?\n/', $answer, 2) + [1 => ''];
    foreach (preg_split('/\r?\n/', $head) as $line) {
        if (preg_match('/^Status: *(\d+)/i', $line, $status)) {
            http_response_code((int) $status[1]);
        } elseif (str_contains($line, ':')) {
            header($line);
        }
    }
    echo $text;
}

// The blocks of the file in which the daemon writes down how things are: [kind, values].
function blocks(string $file): Generator {
    $kind = null;
    foreach (@file($file, FILE_IGNORE_NEW_LINES) ?: [] as $line) {
        $line = trim($line);
        if (preg_match('/^(\w+) \{$/', $line, $start)) {
            [$kind, $values] = [$start[1], []];
        } elseif ($line === '}' && $kind !== null) {
            yield [$kind, $values];
            $kind = null;
        } elseif ($kind !== null && ($at = strpos($line, '=')) !== false) {
            $values[substr($line, 0, $at)] = substr($line, $at + 1);
        }
    }
}

function front_page(string $home): void {
    $hosts = [];
    $services = [];
    foreach (blocks("$home/var/status.dat") as [$kind, $values]) {
        if ($kind === 'hoststatus') {
            $hosts[$values['host_name']] = $values;
        } elseif ($kind === 'servicestatus') {
            $services[$values['host_name']][$values['service_description']] = $values;
        }
    }
    ksort($hosts, SORT_NATURAL);
    $word = fn ($values, $words) => $values['has_been_checked'] === '1' ? ($words[(int) $values['current_state']] ?? 'UNKNOWN') : 'PENDING';
    $cell = fn ($text) => '<td>' . htmlspecialchars($text) . '</td>';
    $state = fn ($text) => "<td class=\"$text\">$text</td>";
    header('Content-Type: text/html; charset=utf-8');
    header('Refresh: 30');
    echo "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Nagios: hosts</title>\n<style>",
        'body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left}',
        '.UP,.OK{background:#bfb}.WARNING{background:#ffa}.DOWN,.CRITICAL,.UNREACHABLE{background:#fbb}.UNKNOWN,.PENDING{background:#ddd}',
        "</style></head><body>\n<h1>Hosts</h1>\n<p>", count($hosts), " hosts. <a href=\"/nagios4/\">All of Nagios</a></p>\n",
        "<table>\n<tr><th>Host</th><th>State</th><th>Check</th><th>State</th><th>Since</th><th>Says</th></tr>\n";
    foreach ($hosts as $name => $host) {
        $checks = $services[$name] ?? [];
        ksort($checks, SORT_NATURAL);
        foreach ($checks ?: ['' => null] as $check => $values) {
            echo '<tr>', $cell($name), $state($word($host, ['UP', 'DOWN', 'UNREACHABLE']));
            if ($values !== null) {
                $since = (int) $values['last_state_change'] ?: (int) $values['last_check'];
                echo $cell($check), $state($word($values, ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'])),
                    $cell($since ? gmdate('Y-m-d H:i:s', $since) : ''), $cell($values['plugin_output']);
            }
            echo "</tr>\n";
        }
    }
    echo "</table>\n</body></html>\n";
}

if (str_contains($path, '..')) {
    page_missing();
} elseif ($path === '/') {
    front_page($home);
} elseif (preg_match('#^/cgi-bin/nagios4/([a-z]+\.cgi)$#', $path, $match) && is_file("$home/cgi/$match[1]") && $match[1] !== 'cmd.cgi') {
    // Whoever reads these pages did not log in: nothing can be changed here.
    run_cgi("$home/cgi/$match[1]", $home);
} elseif (str_starts_with($path, '/nagios4/')) {
    return false;
} else {
    page_missing();
}
return true;
