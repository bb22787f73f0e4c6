package org.isthmus.itests.benchmark;

import java.util.Arrays;

/**
 * Repeated measures of one thing. The machine is shared and uneven, so that what is compared is measured in turns, round by
 * round, and the middle is told with its spread.
 */
record Rounds(double[] values) {
    /** What is measured once in a round: seconds, bytes, commits; any unit. */
    interface Measure {
        double once() throws Exception;
    }

    Rounds {
        values = values.clone();
    }

    /** Measures each in turn, this many rounds. */
    static Rounds[] inTurns(int rounds, Measure... measures) throws Exception {
        double[][] all = new double[measures.length][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < measures.length; i++) {
                all[i][round] = measures[i].once();
            }
        }
        Rounds[] results = new Rounds[measures.length];
        for (int i = 0; i < measures.length; i++) {
            results[i] = new Rounds(all[i]);
        }
        return results;
    }

    /** Seconds that the work takes. */
    static Measure seconds(Work work) {
        return () -> {
            long begin = System.nanoTime();
            work.run();
            return (System.nanoTime() - begin) / 1e9;
        };
    }

    /** Seconds of one repetition, over enough of them that the clock does not matter. */
    static Measure secondsEach(int times, Work work) {
        return () -> {
            long begin = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            return (System.nanoTime() - begin) / 1e9 / times;
        };
    }

    interface Work {
        void run() throws Exception;
    }

    double median() {
        return quantile(0.5);
    }

    /** Half the distance between the quartiles, as a part of the median: how much the machine wavered. */
    double noise() {
        return median() == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / 2 / Math.abs(median());
    }

    /** This one over that one, round by round: what disturbed both stays out of it. */
    Rounds over(Rounds floor) {
        double[] ratios = new double[values.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = values[i] / floor.values[i];
        }
        return new Rounds(ratios);
    }

    private double quantile(double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
    }
}
