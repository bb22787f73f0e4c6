/** The journal in an embedded Derby database. */
package org.isthmus.store.derby;
