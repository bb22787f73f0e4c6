/** Relations between models, also of two controllers: the consuming side drives, the offering side answers. */
package org.isthmus.crossmodel;
