package org.isthmus.itests.stories;

import static org.junit.Assert.assertTrue;

import java.time.Duration;
import org.isthmus.itests.harness.Distribution;
import org.junit.ClassRule;
import org.junit.Test;

/** What `./isthmus demo` shows: real PHP out of real MariaDB. */
public class WordPressStoryTest {
    private static final Duration PACKAGES = Duration.ofMinutes(8);

    @ClassRule
    public static final Distribution isthmus = new Distribution("wordpress");

    @Test
    public void aPageComesOutOfTheDatabase() {
        isthmus.juju("bootstrap", "localhost", "web").ok();
        isthmus.juju("add-model", "blog").ok();
        isthmus.juju("deploy", "mysql").ok();
        isthmus.juju("deploy", "wordpress").ok();
        isthmus.juju("integrate", "wordpress:db", "mysql:db").ok();
        isthmus.juju("expose", "wordpress").ok();
        isthmus.awaitUnit("mysql/0", "active", PACKAGES);
        isthmus.awaitUnit("wordpress/0", "active", PACKAGES);
        String url = isthmus.url("blog", "wordpress/0");
        String page = isthmus.page(url);
        assertTrue(
                page,
                page.contains("<title>")
                        && page.toLowerCase(java.util.Locale.ROOT).contains("wordpress"));
        // The container goes; the page stays.
        isthmus.kill();
        isthmus.type("curl -fsSL --max-time 60 " + url).ok();
        isthmus.start();
        isthmus.awaitUnit("wordpress/0", "active", Duration.ofMinutes(1));
    }
}
