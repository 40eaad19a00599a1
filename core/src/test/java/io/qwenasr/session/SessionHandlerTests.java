package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What both sides do alike. */
class SessionHandlerTests {

    private static final class Silent extends SessionHandler {
        Silent() {
            super(Duration.ofSeconds(1));
        }

        @Override
        void onOpen(ChannelHandlerContext ctx) {}

        @Override
        void onText(ByteBuf json) {}

        @Override
        void onBinary(ByteBuf content) {}

        @Override
        void onPeerClose(int code, String reason) {}

        @Override
        void onDisconnected(Throwable cause) {}

        @Override
        void onTransportError(Throwable cause) {}

        @Override
        void onWritabilityChanged() {}
    }

    /** A control frame holds 125 bytes, two of them the code. */
    @ParameterizedTest
    @CsvSource({"x,200,123", "é,200,61", "语,200,41", "😀,200,30", "语,41,41", "x,0,0"})
    void aCloseReasonIsAsLongAsItsFrameAllows(String letter, int length, int sent) {
        Silent handler = new Silent();
        EmbeddedChannel channel = new EmbeddedChannel(handler);
        handler.close(1000, letter.repeat(length));
        CloseWebSocketFrame close = channel.readOutbound();
        assertThat(close.reasonText()).isEqualTo(letter.repeat(sent));
        assertThat(close.reasonText().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(123);
        close.release();
        channel.finishAndReleaseAll();
    }
}
