/** What plug-ins implement: journals, clouds, charm sources; the one way to call them; and what they share of a host. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.isthmus.spi;
