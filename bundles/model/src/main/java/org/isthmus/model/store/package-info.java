/** Doors of the rooms that keep things: documents, blobs, logs. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.model.store;
