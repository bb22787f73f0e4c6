/** The wire envelope, its JSON, and how facades declare their methods. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.rpc;
