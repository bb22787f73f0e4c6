/** The words every room shares: names, tags, constraints, life, and the one problem type. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.isthmus.api;
