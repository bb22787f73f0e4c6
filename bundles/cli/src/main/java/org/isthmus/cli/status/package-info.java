/** What `juju status` prints, made from the answer of `Client.FullStatus`. */
package org.isthmus.cli.status;
