package org.isthmus.itests.chaos;

import static org.junit.Assert.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.isthmus.itests.harness.Distribution;
import org.isthmus.itests.harness.Greeting;
import org.isthmus.itests.harness.Result;
import org.junit.ClassRule;
import org.junit.Test;

/** The container is killed at random moments of a deploy loop: all that was answered is there. */
public class KillTest {
    /** How often; 100 under `./isthmus chaos`. */
    private static final int ROUNDS = Integer.getInteger("isthmus.rounds", 6);

    @ClassRule
    public static final Distribution isthmus = new Distribution("kill");

    @Test
    public void whatWasAnsweredIsThere() throws Exception {
        long seed = Long.getLong("isthmus.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Disthmus.seed)");
        Random random = new Random(seed);
        isthmus.juju("bootstrap", "localhost", "kill").ok();
        String charm =
                Greeting.weightless(isthmus, "speaker", "provides").path().toString();
        List<String> answered = new ArrayList<>();
        int number = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int delay = 50 + random.nextInt(5000);
            AtomicBoolean killed = new AtomicBoolean();
            CountDownLatch going = new CountDownLatch(1);
            CountDownLatch never = new CountDownLatch(1);
            Thread killer = new Thread(() -> {
                try {
                    going.await();
                    // The moment is the point of the test; nothing is waited for.
                    never.await(delay, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    return;
                }
                killed.set(true);
                isthmus.kill();
            });
            killer.start();
            going.countDown();
            while (!killed.get()) {
                String name = "app" + number++;
                Result deployed = isthmus.juju("deploy", charm, name);
                if (deployed.exit() == 0) {
                    answered.add(name);
                }
            }
            killer.join(TimeUnit.SECONDS.toMillis(30));
            isthmus.start();
            isthmus.await(
                    "the controller answers",
                    Duration.ofSeconds(60),
                    () -> isthmus.juju("status").exit() == 0);
            System.out.println("kill " + (round + 1) + ": " + answered.size() + " answered");
            String status = isthmus.juju("status", "--format", "json").ok().out();
            for (String name : answered) {
                assertTrue(name + " was answered and is lost, seed " + seed, status.contains("\"" + name + "\""));
            }
        }
        assertTrue("nothing was answered", !answered.isEmpty());
        System.out.println(ROUNDS + " kills, " + answered.size() + " answered deployments, all there");
    }
}
