package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void foldsLinesAndTakesOutControlCharacters() {
        assertThat(Text.oneLine(" a\r\n  b\n\nc\td\u001b[31m \u0007")).isEqualTo("a b c d?[31m ?");
        assertThat(Text.oneLine("多行\u2028文字")).isEqualTo("多行 文字");
    }

    @Test
    void writesPositions() {
        assertThat(Text.position(Duration.ofMillis(1_240))).isEqualTo("00:01.2");
        assertThat(Text.position(Duration.ofMillis(59_960))).isEqualTo("01:00.0");
        assertThat(Text.position(Duration.ofMinutes(75))).isEqualTo("75:00.0");
        assertThat(Text.position(null)).isEqualTo("--:--.-");
    }
}
