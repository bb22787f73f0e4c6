/** One unit: what it remembers, what it must do next, and the loop that does it. */
package org.isthmus.agent.unit;
