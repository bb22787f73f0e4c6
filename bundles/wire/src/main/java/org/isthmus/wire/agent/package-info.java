/** Parameter and result records of the facades for agents. Both ends are of one build; foreign agents are not served. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.isthmus.wire.agent;
