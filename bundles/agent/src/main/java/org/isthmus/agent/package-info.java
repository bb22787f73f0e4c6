/** The program on each machine: it runs the charms of the machine's units. A plain program, no OSGi. */
package org.isthmus.agent;
