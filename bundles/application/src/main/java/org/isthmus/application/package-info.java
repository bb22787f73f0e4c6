/** Decides about charms, applications, units and machines. */
package org.isthmus.application;
