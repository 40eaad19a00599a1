package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client session whose audio goes wrong. */
class ClientAudioTests {

    private final ClientHarness it =
            new ClientHarness(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS, Long.MAX_VALUE);

    @AfterEach
    void close() {
        it.close();
    }

    @Test
    void refusesAudioThatComesBeforeTheSessionIsReady() {
        it.connect();
        it.chunk(3_200);
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("not been requested");
    }

    @Test
    void refusesACommitThatComesBeforeTheSessionIsReady() {
        it.connect();
        it.audio.next(AudioSignal.commit());
        it.settle();
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("not been requested");
    }
}
