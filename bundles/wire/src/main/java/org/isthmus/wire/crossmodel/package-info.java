/** What two controllers say to each other about relations between their models. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.wire.crossmodel;
