/** Charm formats: what metadata, config, actions and manifest of a charm say. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.isthmus.charm;
