/** Tables, documents, times and colours, as every command prints them. */
package org.isthmus.cli.text;
