package io.qwenasr.samples.interop;

/** A WebSocket client that knows nothing of the protocol. */
interface RawSocket extends AutoCloseable {

    Inbox inbox();

    void send(String json) throws Exception;

    /** Sends Close(1000) and leaves the rest to the server. */
    void sendClose() throws Exception;

    @Override
    void close();
}
