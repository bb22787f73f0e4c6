/** One hook: its process, its environment, and the tools by which it talks to the model. */
package org.isthmus.agent.hook;
