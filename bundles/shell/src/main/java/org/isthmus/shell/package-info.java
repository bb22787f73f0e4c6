/** Ways to run `juju` lines: the Karaf shell, and the relay behind `bin/juju`. */
package org.isthmus.shell;
