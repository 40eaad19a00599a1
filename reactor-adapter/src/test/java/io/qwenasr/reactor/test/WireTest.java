package io.qwenasr.reactor.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {

    private static List<Integer> sizes(int maxSegment, long seed) {
        EmbeddedChannel channel = new EmbeddedChannel();
        Wire wire = new Wire(new Random(seed), maxSegment, Duration.ZERO, Duration.ZERO, () -> {});
        wire.writeTo(channel);
        wire.send(ByteBuffer.allocate(1_000));
        List<Integer> sizes = new ArrayList<>();
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            sizes.add(piece.readableBytes());
            piece.release();
        }
        channel.finishAndReleaseAll();
        assertThat(sizes.stream().mapToInt(n -> n).sum()).isEqualTo(1_000);
        return sizes;
    }

    @Test
    void sendsOneByteAtATime() {
        assertThat(sizes(1, 1)).hasSize(1_000);
    }

    @Test
    void leavesTheSizeToTheNetwork() {
        assertThat(sizes(0, 1)).containsExactly(1_000);
    }

    @Test
    void cutsTheSameWayFromTheSameSeed() {
        assertThat(sizes(50, 1))
                .isEqualTo(sizes(50, 1))
                .isNotEqualTo(sizes(50, 2))
                .allMatch(n -> n <= 50);
    }
}
