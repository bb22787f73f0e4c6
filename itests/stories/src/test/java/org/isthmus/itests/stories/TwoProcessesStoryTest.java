package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.isthmus.itests.harness.Distribution;
import org.junit.ClassRule;
import org.junit.FixMethodOrder;
import org.junit.Test;
import org.junit.runners.MethodSorters;

/**
 * The first story with the wiki on a second controller, in a process of its own: real pages out of the first controller's database.
 * Each test goes on where the one before it ended.
 */
@FixMethodOrder(MethodSorters.NAME_ASCENDING)
public class TwoProcessesStoryTest {
    private static final Duration PACKAGES = Duration.ofMinutes(8);
    private static final Duration SOON = Duration.ofSeconds(90);

    @ClassRule
    public static final Distribution isthmus = new Distribution("processes");

    @Test
    public void test1_bothPagesComeOutOfOneDatabase() {
        isthmus.juju("bootstrap", "localhost", "data", "--no-default-model").ok();
        isthmus.juju("add-model", "prod-db").ok();
        isthmus.juju("deploy", "mysql").ok();
        isthmus.juju("offer", "mysql:db", "mysqlservice").ok();
        isthmus.juju("add-model", "engineering-blog").ok();
        isthmus.juju("deploy", "wordpress").ok();
        isthmus.juju("relate", "wordpress:db", "admin/prod-db.mysqlservice").ok();

        isthmus.juju("bootstrap", "localhost", "web", "--isolated", "--no-default-model")
                .ok();
        assertNotEquals(isthmus.pid(), process().pid());
        isthmus.juju("add-model", "wiki").ok();
        isthmus.juju("deploy", "mediawiki").ok();
        isthmus.awaitUnit("mediawiki/0", "blocked", PACKAGES);
        isthmus.juju("relate", "mediawiki:db", "data:admin/prod-db.mysqlservice")
                .ok();
        isthmus.awaitUnit("mediawiki/0", "active", PACKAGES);
        String status = isthmus.juju("status").ok().out();
        assertTrue(status, status.matches("(?s).*\nmysqlservice +active +data +admin/prod-db\\.mysqlservice\n.*"));
        isthmus.await("the blog is there", PACKAGES, () -> isthmus.juju(
                        "status", "-m", "data:engineering-blog", "--format", "oneline")
                .ok()
                .out()
                .contains("workload:active"));

        assertTrue(isthmus.page(isthmus.url("data:engineering-blog", "wordpress/0"))
                .contains("WordPress"));
        assertTrue(isthmus.page(isthmus.url("web:wiki", "mediawiki/0")).contains("MediaWiki has been installed"));
        assertEquals(2, databases().size());
        assertEquals("Main_Page", sql("select page_title from `" + having("page") + "`.page"));
        assertEquals("1", sql("select count(*) from `" + having("wp_users") + "`.wp_users"));
    }

    @Test
    public void test2_bothProcessesAreKilledAndThePagesStay() {
        String blog = isthmus.url("data:engineering-blog", "wordpress/0");
        String wiki = isthmus.url("web:wiki", "mediawiki/0");
        ProcessHandle web = process();
        web.destroyForcibly();
        isthmus.await("the wiki's controller is gone", SOON, () -> !web.isAlive());
        isthmus.kill();
        assertTrue(isthmus.page(blog).contains("WordPress"));
        assertTrue(isthmus.page(wiki).contains("MediaWiki has been installed"));
        isthmus.start();
        isthmus.type("ISTHMUS_BASE=" + web() + " start").ok();
        isthmus.juju("config", "-m", "web:wiki", "mediawiki", "name=Seen again").ok();
        isthmus.await(
                "the new name is on the page", SOON, () -> isthmus.page(wiki).contains("<title>Seen again"));
    }

    @Test
    public void test3_aControllerThatGoesLeavesNothingBehind() {
        isthmus.juju("kill-controller", "--no-prompt", "web").ok();
        assertFalse("its folder is gone", Files.exists(web()));
        assertEquals(
                List.of(),
                isthmus.processes().stream()
                        .filter(process -> process.contains(web().toString()))
                        .toList());
        isthmus.await("its login is gone", SOON, () -> users().equals(having("wp_users")));
        isthmus.await(
                "its offer has one user",
                SOON,
                () -> isthmus.juju("offers", "-m", "data:prod-db")
                                .ok()
                                .out()
                                .lines()
                                .count()
                        == 2);
        assertTrue(isthmus.page(isthmus.url("data:engineering-blog", "wordpress/0"))
                .contains("WordPress"));
        assertEquals(List.of(), isthmus.logged("ERROR"));
    }

    private static Path web() {
        return isthmus.base().resolve("isolated/web");
    }

    private static ProcessHandle process() {
        try {
            return ProcessHandle.of(Long.parseLong(
                            Files.readString(web().resolve("karaf.pid")).trim()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sql(String query) {
        return isthmus.juju("ssh", "-m", "data:prod-db", "mysql/0", "mysql -Ne '" + query + "'")
                .ok()
                .out()
                .trim();
    }

    private static List<String> databases() {
        return sql("show databases")
                .lines()
                .filter(d -> d.matches("remote-[0-9a-f]{32}"))
                .toList();
    }

    /** The database that has that table. */
    private static String having(String table) {
        return sql("select table_schema from information_schema.tables where table_name=\"" + table
                + "\" and table_schema like \"remote%\"");
    }

    private static String users() {
        return sql("select user from mysql.user where user like \"remote%\"");
    }
}
