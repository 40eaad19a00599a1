package io.qwenasr.samples.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class FusedAppendTest {

    @ParameterizedTest
    @CsvSource({"3200, true", "3200, false", "3199, true", "3199, false", "3201, true", "3201, false", "3206, true"})
    void makesAValidFrame(int bytes, boolean table) {
        byte[] pcm = Arrays.copyOf(Audio.noise(1), bytes);
        EmbeddedChannel server = new EmbeddedChannel(new WebSocket13FrameDecoder(true, false, 1 << 16));

        server.writeInbound(new FusedAppend(bytes, table).encode(pcm, ByteBufAllocator.DEFAULT));

        TextWebSocketFrame frame = server.readInbound();
        Wire.Append append = JsonMapper.builder().build().readValue(frame.text(), Wire.Append.class);
        assertThat(append.type()).isEqualTo("input_audio_buffer.append");
        assertThat(append.audio()).isEqualTo(Base64.getEncoder().encodeToString(pcm));
        frame.release();
        server.finishAndReleaseAll();
    }
}
