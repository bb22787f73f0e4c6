/** The store of a controller: one writer for each document set, one appender, watches, leases. */
package org.isthmus.state;
