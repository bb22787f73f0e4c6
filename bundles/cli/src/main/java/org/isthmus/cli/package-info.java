/** The `juju` program: a plain object that runs one line of arguments for whoever calls it. */
package org.isthmus.cli;
