/** Between the wire and the engines: what clients may ask, in their shapes, under their rights. */
package org.isthmus.facades;
