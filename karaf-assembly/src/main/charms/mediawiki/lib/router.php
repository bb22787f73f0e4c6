<?php
// What a visitor may reach: the wiki's entry points and files that pages refer to. The rest of the code is nobody's business.
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$inside = !str_contains($path, '..');
if ($inside && ($path === '/' || preg_match('#^/(index|load|api|thumb|opensearch_desc)\.php$#', $path) || preg_match('#^/(index|rest)\.php/#', $path)
    || preg_match('#^/(resources|skins|extensions|images)/.*\.(css|less|js|json|png|gif|jpe?g|svg|webp|ico|woff2?|ttf|cur|html)$#i', $path))) {
    return false;
}
if (str_starts_with($path, '/wiki/')) {
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
    $_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . '/index.php';
    unset($_SERVER['PATH_INFO']);
    chdir($_SERVER['DOCUMENT_ROOT']);
    require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
    return true;
}
http_response_code(404);
header('Content-Type: text/plain');
echo "Not found\n";
return true;
