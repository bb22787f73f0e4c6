package org.isthmus.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class as a facade of the wire API. One class serves every version from {@link #since} to {@link #until}; a method
 * that came or went in between says so with its own {@link Method}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Facade {
    String name();

    int since();

    int until();

    /** On which kind of connection it is offered. */
    Scope scope() default Scope.MODEL;

    /** Kinds of connection. */
    enum Scope {
        MODEL,
        CONTROLLER,
        BOTH,
        /** Offered to anonymous callers as well, on model and controller connections. */
        ANONYMOUS
    }
}
