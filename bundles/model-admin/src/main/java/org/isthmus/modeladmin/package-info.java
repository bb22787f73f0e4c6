/** Decides about models as wholes, the settings of models and controllers, clouds and credentials. */
package org.isthmus.modeladmin;
