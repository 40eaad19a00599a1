package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeResponseTest {

    private final HandshakeResponse response = new HandshakeResponse(null);
    private final EmbeddedChannel channel = new EmbeddedChannel(response);

    private void answer(HttpResponseStatus status) {
        channel.freezeTime();
        channel.writeInbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private void passes(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void givesTheBodyOfARefusalHalfASecond() {
        answer(HttpResponseStatus.UNAUTHORIZED);
        passes(499);
        assertThat(channel.isOpen()).isTrue();
        passes(1);
        assertThat(channel.isOpen()).isFalse();
        assertThat(response.refusedStatus()).isEqualTo(401);
    }

    @Test
    void leavesAnUpgradeAlone() {
        answer(HttpResponseStatus.SWITCHING_PROTOCOLS);
        passes(60_000);
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.<Object>readInbound()).isInstanceOf(DefaultHttpResponse.class);
    }
}
