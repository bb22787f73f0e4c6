/** Entity records, snapshots and changes; product bundles use it in lockstep. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.model;
