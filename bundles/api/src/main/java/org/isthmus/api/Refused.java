package org.isthmus.api;

/**
 * Carries a {@link Problem} out of a decision. Java has no result type, and decisions call helpers several levels deep; so a
 * refusal travels as this one exception, without a stack trace, and every other exception is a bug.
 */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public Refused(Problem problem) {
        super(problem.message(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The problem behind any failure of a future, or null where it is a bug. */
    public static Problem of(Throwable failure) {
        Throwable at = failure;
        while (at != null) {
            if (at instanceof Refused refused) {
                return refused.problem;
            }
            at = at.getCause();
        }
        return null;
    }
}
