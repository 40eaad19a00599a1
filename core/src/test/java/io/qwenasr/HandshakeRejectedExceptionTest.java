package io.qwenasr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandshakeRejectedExceptionTest {

    private static Duration retryAfter(String value) {
        return new HandshakeRejectedException("ws://host", 503, Map.of("retry-after", value), null).retryAfter();
    }

    @Test
    void readsSecondsAndDates() {
        assertThat(retryAfter("0")).isZero();
        assertThat(retryAfter("120")).isEqualTo(Duration.ofMinutes(2));
        ZonedDateTime later = ZonedDateTime.now(ZoneOffset.UTC).plusHours(1);
        assertThat(retryAfter(DateTimeFormatter.RFC_1123_DATE_TIME.format(later)))
                .isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(retryAfter("Wed, 21 Oct 2015 07:28:00 GMT")).isZero();
    }

    @Test
    void knowsNothingOfOtherValues() {
        assertThat(retryAfter("soon")).isNull();
        assertThat(retryAfter("-1")).isNull();
        assertThat(retryAfter("")).isNull();
        assertThat(retryAfter("99999999999999999999")).isNull();
        assertThat(new HandshakeRejectedException("ws://host", 503, Map.of(), null).retryAfter())
                .isNull();
    }
}
