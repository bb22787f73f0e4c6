/** What plug-ins implement: journals, clouds, charm sources; and the one way to call them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.isthmus.spi;
