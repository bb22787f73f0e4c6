package org.isthmus.wire.agent;

import java.util.List;
import org.isthmus.api.Address;
import org.isthmus.api.Base;
import org.isthmus.api.Hardware;

/** What a machine agent finds out about its machine; null for what it does not know. */
public record MachineFacts(
        String tag, String hostname, List<Address> addresses, Hardware hardware, Base base, String agentVersion) {}
