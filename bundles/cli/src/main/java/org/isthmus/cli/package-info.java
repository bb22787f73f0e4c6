/** The `juju` program: a plain object that runs one line of arguments for whoever calls it. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.cli;
