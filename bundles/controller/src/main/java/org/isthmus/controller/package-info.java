/** Assembles one controller out of the rooms that are there, and keeps it running while they are replaced. */
package org.isthmus.controller;
