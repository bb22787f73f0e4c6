/** The offer registry: offers, SAAS, and the records that tie relations of two models together. */
package org.isthmus.offer;
