/** Carries endings on. */
package org.isthmus.lifecycle;
