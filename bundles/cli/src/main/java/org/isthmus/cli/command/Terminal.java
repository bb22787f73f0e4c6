package org.isthmus.cli.command;

/** Marks commands whose options end at the first argument: the rest belongs to another program. */
interface Terminal {}
