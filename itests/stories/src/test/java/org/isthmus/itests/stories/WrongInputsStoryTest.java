package org.isthmus.itests.stories;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/** Lines that cannot be done: each says why, in Juju's words, and changes nothing. Exit code 2: the line itself is wrong. */
public class WrongInputsStoryTest {
    @ClassRule
    public static final Distribution isthmus = new Distribution("wrong");

    private final List<String> wrong = new ArrayList<>();

    @Test
    public void aContainerThatDoesNotFitNamesItsDisk() {
        Path disk = isthmus.folder("disk");
        assumeTrue(
                "may not mount a tmpfs",
                isthmus.type("mount -t tmpfs -o size=3m tmpfs " + disk).exit() == 0);
        try {
            String refusal = "no room for a container in " + disk.resolve("own")
                    + ": it needs 64 MB, 3 MB are free on the disk that is mounted at " + disk;
            isthmus.type("ISTHMUS_BASE=" + disk.resolve("own") + " start").refused(refusal);
            isthmus.type("ISTHMUS_BASE=" + disk.resolve("own") + " isthmus server")
                    .refused(refusal);
        } finally {
            isthmus.type("umount -l " + disk).ok();
        }
    }

    @Test
    public void whatCannotBeDoneIsSaid() {
        refused(1, "juju status", "No controllers registered.");
        refused(1, "juju bootstrap nowhere x", "unknown cloud \"nowhere\"");
        refused(1, "JUJU_DATA=/proc/nowhere juju bootstrap localhost w", "cannot write the client's files: ");
        isthmus.juju("bootstrap", "localhost", "w").ok();
        refused(1, "juju bootstrap localhost w", "controller \"w\" already exists");
        refused(2, "juju nonsense", "\"nonsense\" is not a juju command");
        refused(2, "juju status --colour", "option provided but not defined: --colour");
        refused(2, "juju status --format xml", "unknown format \"xml\"");
        refused(2, "juju deploy", "no charm or bundle specified");
        refused(1, "juju deploy nosuchcharm", "charm \"nosuchcharm\" not found");
        refused(1, "juju deploy ./nowhere", "no charm or bundle was found at \"./nowhere\"");
        refused(2, "juju deploy ubuntu Bad_Name", "invalid application name \"Bad_Name\"");
        refused(1, "juju deploy ubuntu --constraints mem=lots", "bad \"mem\" constraint");
        refused(1, "juju add-model default", "model \"default\" for admin already exists");
        refused(2, "juju add-model Bad/Name", "\"Bad/Name\" is not a valid name");
        refused(1, "juju switch nothere", "\"nothere\" is not the name of a model or controller");
        refused(1, "juju switch -", "no previous model for this controller w");
        refused(1, "juju switch -c -", "previous controller not found");
        String before = isthmus.juju("status", "--format", "yaml").ok().out();
        isthmus.juju("deploy", "ubuntu").ok();
        refused(1, "juju deploy ubuntu", "application already exists");
        refused(1, "juju integrate ubuntu nothere", "application \"nothere\" not found");
        refused(1, "juju config ubuntu nokey=1", "unknown option \"nokey\"");
        refused(1, "juju config nothere", "application \"nothere\" not found");
        refused(1, "juju add-unit nothere", "application \"nothere\" not found");
        refused(2, "juju add-unit ubuntu -n 0", "--num-units must be a positive integer");
        refused(1, "juju remove-unit ubuntu/77 --no-prompt", "unit \"ubuntu/77\" does not exist");
        refused(1, "juju remove-application nothere --no-prompt", "application \"nothere\" not found");
        refused(1, "juju expose nothere", "application \"nothere\" not found");
        refused(1, "juju ssh ubuntu/9", "unit \"ubuntu/9\" not found");
        refused(1, "juju resolved ubuntu/0", "is not in an error state");
        refused(1, "juju offer ubuntu:nope", "application \"ubuntu\" has no \"nope\" relation");
        refused(2, "juju offer ubuntu", "endpoints must conform to format");
        refused(1, "juju consume admin/none.none", "application offer \"admin/none.none\" not found");
        refused(1, "juju relate ubuntu admin/none.none", "application offer \"admin/none.none\" not found");
        refused(
                2,
                "juju relate ubuntu admin/none.none:shared-db",
                "needs the controller as well: <controller>:admin/none");
        refused(1, "juju find-offers", "no matching application offers found");
        refused(1, "juju show-offer admin/none.none", "application offer \"admin/none.none\" not found");
        refused(1, "juju grant nobody write default", "user \"nobody\" does not exist locally");
        refused(2, "juju grant admin fly default", "\"fly\" model access not valid");
        refused(2, "juju add-user 'bad name'", "invalid username \"bad name\"");
        refused(1, "juju model-config nokey=1", "unknown option \"nokey\"");
        refused(1, "juju controller-config nokey=1", "unknown option \"nokey\"");
        refused(1, "juju destroy-model nothere --no-prompt", "not found");
        refused(1, "juju kill-controller nothere --no-prompt", "controller nothere not found");
        Result script =
                isthmus.type("printf 'juju switch\\njuju status -m nothere\\njuju whoami\\n' | isthmus console");
        assertEquals(1, script.exit());
        assertTrue(
                script.toString(),
                script.out().equals("w:admin/default\n")
                        && script.err().startsWith("ERROR model w:admin/nothere not found\nERROR stopped at line 2 "));
        isthmus.juju("remove-application", "--no-prompt", "ubuntu").ok();
        isthmus.await("the model is as it was", java.time.Duration.ofSeconds(90), () -> stable(
                        isthmus.juju("status", "--format", "yaml").ok().out())
                .equals(stable(before)));
        assertEquals(String.join("\n\n", wrong), 0, wrong.size());
        assertEquals(List.of(), isthmus.logged("ERROR"));
    }

    private static String stable(String status) {
        return status.replaceAll("(timestamp|since): .*", "$1");
    }

    private void refused(int exit, String line, String text) {
        Result result = isthmus.type(line);
        if (result.exit() != exit || !result.err().contains(text)) {
            wrong.add("expected exit " + exit + " and: " + text + "\n" + result);
        }
    }
}
