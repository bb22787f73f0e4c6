/** The debug log and status history: append-only, bounded, in segment files. */
package org.isthmus.log;
