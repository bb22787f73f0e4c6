/** Large immutable files, named by their hash. */
package org.isthmus.blob;
