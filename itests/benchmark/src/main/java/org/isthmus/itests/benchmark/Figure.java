package org.isthmus.itests.benchmark;

/** One figure, or a family of them: measures, and prints a line for each. */
interface Figure {
    void measure(Report report) throws Exception;
}
