/** Parameter and result records of the facades, as Juju's clients spell them. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.wire;
