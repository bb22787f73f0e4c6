package org.isthmus.wire;

import org.isthmus.api.Base;

/** An operating system on the wire: channel with its risk, `22.04/stable`. */
public record WireBase(String name, String channel) {

    /** Null for null. */
    public static WireBase of(Base base) {
        if (base == null) {
            return null;
        }
        return new WireBase(base.name(), base.channel().contains("/") ? base.channel() : base.channel() + "/stable");
    }

    /** The base without the risk, which says nothing here; null where no name is given. */
    public static Base base(WireBase wire) {
        if (wire == null || wire.name == null || wire.name.isEmpty()) {
            return null;
        }
        String channel = wire.channel == null ? "" : wire.channel;
        int slash = channel.indexOf('/');
        return new Base(wire.name, slash < 0 ? channel : channel.substring(0, slash));
    }
}
