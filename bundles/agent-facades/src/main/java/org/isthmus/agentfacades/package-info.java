/** The facades that machine and unit agents call: wire records in, engine decisions out. */
package org.isthmus.agentfacades;
