/** Decides who may do what. */
package org.isthmus.access;
