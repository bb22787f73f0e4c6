package org.isthmus.api;

import java.util.Map;

/** An operating system and its channel: `ubuntu@22.04`. On the wire {name, channel: "22.04/stable"}. */
public record Base(String name, String channel) {
    private static final Map<String, String> SERIES = Map.of(
            "ubuntu@14.04", "trusty",
            "ubuntu@16.04", "xenial",
            "ubuntu@18.04", "bionic",
            "ubuntu@20.04", "focal",
            "ubuntu@22.04", "jammy",
            "ubuntu@24.04", "noble",
            "ubuntu@26.04", "resolute",
            "debian@11", "bullseye",
            "debian@12", "bookworm",
            "debian@13", "trixie");

    public static Base parse(String text) {
        int at = text.indexOf('@');
        if (at <= 0 || at == text.length() - 1) {
            throw Problem.notValid("expected base string to contain os and channel separated by '@', got \"%s\"", text);
        }
        return new Base(text.substring(0, at), text.substring(at + 1));
    }

    /** The code name of an Ubuntu or Debian release, which older clients speak of; the channel's track where there is none. */
    public String series() {
        String track = channel.contains("/") ? channel.substring(0, channel.indexOf('/')) : channel;
        return SERIES.getOrDefault(name + "@" + track, track);
    }

    @Override
    public String toString() {
        return name + "@" + (channel.contains("/") ? channel.substring(0, channel.indexOf('/')) : channel);
    }
}
