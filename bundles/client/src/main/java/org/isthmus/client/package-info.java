/** Connections to a controller's API, and the files of JUJU_DATA. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.client;
