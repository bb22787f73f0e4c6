/** Sockets, login and dispatch of the API. Netty and BouncyCastle live in this bundle and are seen by no other. */
package org.isthmus.apiserver;
