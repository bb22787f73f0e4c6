/** Decides about relations. */
package org.isthmus.relation;
