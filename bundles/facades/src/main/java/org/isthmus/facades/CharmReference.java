package org.isthmus.facades;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.isthmus.api.Problem;

/**
 * A charm as people and clients write it: `mysql`, `ch:mysql`, `ch:amd64/jammy/mysql-58`, `local:mysql-3`.
 *
 * @param schema `ch`, `local` or empty
 * @param revision -1 where none is named
 */
record CharmReference(String schema, String name, int revision) {
    private static final Pattern FORM = Pattern.compile(
            "(?:(ch|local):)?(?:[a-z0-9.]+/){0,2}([a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*)(?:-(\\d{1,9}))?");

    static CharmReference parse(String text) {
        Matcher matcher = FORM.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw Problem.notValid(
                    "cannot parse name and/or revision in URL \"%s\": name \"%s\" not valid", text, text);
        }
        return new CharmReference(
                matcher.group(1) == null ? "" : matcher.group(1),
                matcher.group(2),
                matcher.group(3) == null ? -1 : Integer.parseInt(matcher.group(3)));
    }
}
