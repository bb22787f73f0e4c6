package org.isthmus.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method of a {@link Facade} that clients may call. Signature: {@code (Call)} or {@code (Call, P)} where P is a record of
 * {@code wire} or a JsonNode; returns a value, a {@code CompletionStage} of one, a {@link WatchHandle}, or nothing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Method {
    /** On the wire; default: the Java name with a capital first letter. */
    String name() default "";

    Access access();

    int since() default 0;

    int until() default Integer.MAX_VALUE;

    /** Logged to the audit log, and refused while a block or a migration forbids changes. */
    boolean mutates() default false;

    /** Called on the pool for blocking work, because it touches files; of what mutates the writer does that. */
    boolean blocks() default false;
}
