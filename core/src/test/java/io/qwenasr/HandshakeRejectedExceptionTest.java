package io.qwenasr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeRejectedExceptionTest {

    private static Duration retryAfter(String value) {
        return new HandshakeRejectedException("ws://host", 503, Map.of("retry-after", value), null).retryAfter();
    }

    @ParameterizedTest
    @CsvSource({
        "408,true",
        "425,true",
        "429,true",
        "500,true",
        "502,true",
        "503,true",
        "504,true",
        "507,true",
        "529,true",
        "599,true",
        "501,false",
        "505,false",
        "400,false",
        "401,false",
        "403,false",
        "404,false",
        "302,false",
        "200,false",
        "600,false"
    })
    void isWorthAnotherTryIfTheServerIsAtFault(int status, boolean retryable) {
        assertThat(new HandshakeRejectedException("ws://host", status, Map.of(), null).isRetryable())
                .isEqualTo(retryable);
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
