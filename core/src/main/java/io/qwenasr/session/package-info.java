/**
 * One session of the protocol, client side and server side, as Netty handlers with Reactive Streams ends.
 *
 * <p>All state of a session is confined to its channel's event loop. The handlers need a WebSocket pipeline
 * ({@code WebSocketFrame}s in and out, fragmented messages put together) and nothing else, so that they run
 * on any Netty transport and in an {@code EmbeddedChannel}.
 */
@NullMarked
package io.qwenasr.session;

import org.jspecify.annotations.NullMarked;
