package org.isthmus.api;

/** An operating system and its channel: `ubuntu@22.04`. On the wire {name, channel: "22.04/stable"}. */
public record Base(String name, String channel) {

    public static Base parse(String text) {
        int at = text.indexOf('@');
        if (at <= 0 || at == text.length() - 1) {
            throw Problem.notValid("expected base string to contain os and channel separated by '@', got \"%s\"", text);
        }
        return new Base(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return name + "@" + (channel.contains("/") ? channel.substring(0, channel.indexOf('/')) : channel);
    }
}
