package org.isthmus.provider.localhost;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.isthmus.api.Code;
import org.isthmus.api.Problem;
import org.isthmus.spi.HostClaims;

/**
 * Hands out 127.x.y.z, one for each machine of this host, whichever container or user runs it. 127.0.x.y stays the host's own.
 */
final class LoopbackAddresses {
    /** A claim is there a moment before its machine's folder is. */
    private static final Duration YOUNG = Duration.ofMinutes(10);

    private final HostClaims claims;

    LoopbackAddresses(Path folder) {
        this.claims = new HostClaims(folder);
    }

    /** The address of this machine's folder: what it has already, else a new one. */
    String claim(Path machine, String seed) throws IOException {
        // Spread by seed, so that a released address is not the next one given: others may still remember it.
        int at = seed.hashCode() & 0x7FFFFFFF;
        for (int tries = 0; tries < 65_536; tries++) {
            int n = (at + tries * 7919) % (254 * 254 * 254);
            n = n < 0 ? -n : n;
            String address = "127." + (1 + n / (254 * 254)) + "." + (1 + n / 254 % 254) + "." + (1 + n % 254);
            if (claims.claim(address, machine)) {
                return address;
            }
        }
        throw Problem.refuse(Code.QUOTA_LIMIT_EXCEEDED, "no free address left on this host");
    }

    /** Makes sure that the claim is there: a host may have emptied its temporary folders. */
    void keep(String address, Path machine) throws IOException {
        if (!claims.claim(address, machine)) {
            throw new IOException("address " + address + " was given to another machine");
        }
    }

    void release(String address, Path machine) throws IOException {
        claims.release(address, machine);
    }

    /** Frees what belongs to folders that are gone. */
    void clean() throws IOException {
        claims.clean(YOUNG);
    }
}
