/** The commands. Each is one class: what it takes, and what it does with one session. */
package org.isthmus.cli.command;
