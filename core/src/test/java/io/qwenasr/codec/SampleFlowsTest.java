package io.qwenasr.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class SampleFlowsTest {

    static Stream<Path> flows() {
        return Samples.files("flows").stream();
    }

    @ParameterizedTest
    @MethodSource("flows")
    void everyEventOfAFlowIsKnownAndWrittenBackTheSame(Path file) {
        long events = Samples.read(file)
                .lines()
                .filter(line -> !line.isBlank())
                .peek(line -> {
                    JsonNode step = Samples.tree(line);
                    JsonNode event = step.get("event");
                    String json = event.toString();
                    if (step.get("from").asString().equals("client")) {
                        ClientEvent decoded = Samples.client(json);
                        assertThat(decoded).isNotInstanceOf(ClientEvent.Unknown.class);
                        assertThat(Samples.tree(
                                        Samples.text(ClientEvents.encode(decoded, UnpooledByteBufAllocator.DEFAULT))))
                                .isEqualTo(event);
                    } else {
                        ServerEvent decoded = Samples.server(json);
                        assertThat(decoded).isNotInstanceOf(ServerEvent.Unknown.class);
                        assertThat(Samples.tree(
                                        Samples.text(ServerEvents.encode(decoded, UnpooledByteBufAllocator.DEFAULT))))
                                .isEqualTo(event);
                    }
                })
                .count();
        assertThat(events).isGreaterThan(5);
    }
}
