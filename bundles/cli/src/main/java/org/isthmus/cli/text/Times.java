package org.isthmus.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments as people read them. */
public final class Times {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("dd MMM yyyy HH:mm:ssXXX", Locale.ROOT);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Times() {}

    /** `02 Jan 2006 15:04:05+01:00`, or `2006-01-02 15:04:05Z`. Empty for null. */
    public static String since(Instant moment, ZoneId zone, boolean utc) {
        if (moment == null) {
            return "";
        }
        return utc ? UTC.format(moment) : LOCAL.format(moment.atZone(zone));
    }

    /** `just now`, `39 seconds ago`, `1 minute ago`, and the date of what is older than a day. */
    public static String ago(Instant moment, Instant now) {
        long seconds = Duration.between(moment, now).toSeconds();
        if (seconds < 2) {
            return "just now";
        }
        if (seconds < 60) {
            return seconds + " seconds ago";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes == 1 ? "1 minute ago" : minutes + " minutes ago";
        }
        long hours = minutes / 60;
        if (hours < 24) {
            return hours == 1 ? "1 hour ago" : hours + " hours ago";
        }
        return DateTimeFormatter.ISO_LOCAL_DATE.format(moment.atZone(ZoneOffset.UTC));
    }

    /** A wire time; null where it is missing or Go's zero. */
    public static Instant parse(String text) {
        if (text == null || text.isEmpty() || text.startsWith("0001-")) {
            return null;
        }
        try {
            return java.time.OffsetDateTime.parse(text).toInstant();
        } catch (java.time.format.DateTimeParseException notATime) {
            return null;
        }
    }
}
