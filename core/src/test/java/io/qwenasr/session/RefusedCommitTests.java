package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manual mode: what becomes of the audio whose commit the service refuses. */
class RefusedCommitTests {

    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    private static final String TOO_SMALL = "Error committing input audio buffer: buffer too small, or have no audio.";
    private static final String FINISHED = "{\"type\":\"session.finished\"}";
    private static final String CLEARED = "{\"type\":\"input_audio_buffer.cleared\"}";
    /** 100 ms. */
    private static final int CHUNK = 3_200;

    private final List<ClientHarness> harnesses = new ArrayList<>();

    @AfterEach
    void close() {
        harnesses.forEach(ClientHarness::close);
    }

    private ClientHarness ready(SessionOptions options) {
        ClientHarness it = new ClientHarness(
                options, ClientSessionSettings.DEFAULTS.withKeepAliveInterval(Duration.ZERO), Long.MAX_VALUE);
        harnesses.add(it);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        return it;
    }

    /** Speaks and commits it. */
    private static void commit(ClientHarness it, int bytes) {
        it.chunk(bytes);
        commit(it);
    }

    private static void commit(ClientHarness it) {
        it.audio.next(AudioSignal.commit());
        it.settle();
    }

    private static void clear(ClientHarness it) {
        it.audio.next(AudioSignal.clear());
        it.settle();
    }

    private static void finish(ClientHarness it) {
        it.audio.complete();
        it.settle();
    }

    private static String commitId(ClientHarness it, int index) {
        return it.sent(ClientEvent.Commit.class).get(index).eventId();
    }

    private static String refusal() {
        return "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"" + TOO_SMALL + "\"}}";
    }

    private static String refusal(String eventId) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"too_small\",\"event_id\":\""
                + eventId + "\"}}";
    }

    private static String error(String type, String code, String message, String eventId) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"code\":\"" + code + "\",\"message\":\""
                + message + "\"" + (eventId == null ? "" : ",\"event_id\":\"" + eventId + "\"") + "}}";
    }

    private static String committed(String item) {
        return "{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"" + item + "\"}";
    }

    private static String created(String item) {
        return "{\"type\":\"conversation.item.created\",\"item\":{\"id\":\"" + item + "\"}}";
    }

    private static String completed(String item) {
        return "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"" + item
                + "\",\"transcript\":\"" + item + "\"}";
    }

    private static List<Duration> range(long startMs, long endMs) {
        return List.of(Duration.ofMillis(startMs), Duration.ofMillis(endMs));
    }

    private static List<List<Duration>> finals(ClientHarness it) {
        return it.received(TranscriptionEvent.Final.class).stream()
                .map(f -> List.of(f.start(), f.end()))
                .toList();
    }

    private static List<List<Duration>> refusals(ClientHarness it) {
        return it.received(TranscriptionEvent.ErrorReported.class).stream()
                .map(e -> List.of(e.start(), e.end()))
                .toList();
    }

    // ---- which commit an error answers

    @Test
    void anErrorWithoutAnIdAnswersTheOldestCommit() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.server(refusal());
        assertThat(it.received(TranscriptionEvent.ErrorReported.class))
                .containsExactly(new TranscriptionEvent.ErrorReported(
                        new ServerError(ServerError.INVALID_REQUEST, null, TOO_SMALL, null, null),
                        Duration.ZERO,
                        Duration.ofMillis(100)));
        it.server(committed("b"), completed("b"), committed("c"), completed("c"));
        assertThat(finals(it)).containsExactly(range(0, 200), range(200, 300));
        finish(it);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void anErrorWithAnIdAnswersThatCommit() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.server(refusal(commitId(it, 1)));
        assertThat(refusals(it)).containsExactly(range(100, 200));
        it.server(committed("a"), completed("a"), committed("c"), completed("c"));
        assertThat(finals(it)).containsExactly(range(0, 100), range(100, 300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "event_RJ4UkM2DS7WZcBXxVoPzc", "commit", "event_c7x"})
    void anIdThatIsNotOursIsNone(String eventId) {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.server(error("invalid_request_error", "input_audio_buffer_COMMIT_empty", "no", eventId));
        it.server(committed("b"), completed("b"));
        assertThat(finals(it)).containsExactly(range(0, 200));
    }

    @Test
    void anotherErrorAnswersNoCommit() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        clear(it);
        commit(it, CHUNK);
        String clearId = it.sent(ClientEvent.Clear.class).get(0).eventId();
        it.server(
                error("invalid_request_error", "invalid_value", "the audio is not base64", null),
                error("invalid_request_error", "x", "nothing to clear after the commit", clearId),
                error("invalid_request_error", "x", "no append during a commit", "event_a1"));
        assertThat(it.received(TranscriptionEvent.ErrorReported.class))
                .hasSize(3)
                .extracting(TranscriptionEvent.ErrorReported::start, TranscriptionEvent.ErrorReported::end)
                .containsOnly(tuple(null, null));
        it.server(committed("a"), completed("a"));
        assertThat(finals(it)).containsExactly(range(100, 200));
    }

    @Test
    void aSecondErrorForTheSameCommitAnswersNoOther() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.server(refusal(commitId(it, 0)), error("invalid_request_error", "commit", "commit", commitId(it, 0)));
        it.server(committed("b"), completed("b"));
        assertThat(finals(it)).containsExactly(range(0, 200));
    }

    // ---- what becomes of its audio

    @Test
    void theNextCommitCoversIt() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(refusal());
        commit(it, CHUNK);
        it.server(committed("a"), completed("a"));
        assertThat(finals(it)).containsExactly(range(0, 200));
        commit(it, CHUNK);
        it.server(committed("b"), completed("b"));
        assertThat(finals(it)).containsExactly(range(0, 200), range(200, 300));
        finish(it);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void theCommitAtTheEndOfTheAudioCoversIt() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(refusal());
        it.chunk(2);
        finish(it);
        it.server(committed("a"), completed("a"), FINISHED);
        assertThat(finals(it))
                .containsExactly(List.of(Duration.ZERO, Duration.ofMillis(100).plusNanos(62_500)));
        assertThat(it.events.completions).isOne();
    }

    @Test
    void oneRefusalAfterTheOtherAddsUp() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.server(refusal(), refusal());
        assertThat(refusals(it)).containsExactly(range(0, 100), range(0, 200));
        commit(it, CHUNK);
        it.server(committed("a"), completed("a"));
        assertThat(finals(it)).containsExactly(range(0, 300));
    }

    @Test
    void theSameAudioIsNotCommittedTwice() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(refusal());
        commit(it);
        finish(it);
        assertThat(it.sent(ClientEvent.Commit.class)).hasSize(1);
    }

    @Test
    void anItemThatWasAnnouncedBeforeItsRefusedCommitGoesOn() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.server(created("a"));
        commit(it);
        it.server(refusal());
        commit(it, CHUNK);
        it.server(committed("a"), completed("a"));
        assertThat(finals(it)).containsExactly(range(0, 200));
    }

    @Test
    void whatTheServiceCommitsByItselfAtTheEndIsCovered() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        finish(it);
        it.server(refusal(), committed("a"), completed("a"), FINISHED);
        assertThat(finals(it)).containsExactly(range(0, 100));
        assertThat(it.events.completions).isOne();
    }

    @Test
    void positionsCountLostAudio() {
        ClientHarness it = ready(MANUAL);
        it.audio.next(AudioSignal.gap(Duration.ofSeconds(1)));
        it.settle();
        commit(it, CHUNK);
        it.server(refusal());
        assertThat(refusals(it)).containsExactly(range(1_000, 1_100));
    }

    // ---- clears

    @Test
    void aClearBeforeTheRefusalIsKnownLosesTheAudio() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        clear(it);
        commit(it, CHUNK);
        it.server(refusal(), CLEARED, committed("b"), completed("b"));
        assertThat(finals(it)).containsExactly(range(100, 200));
        finish(it);
        it.server(FINISHED);
        assertThat(it.failure(IncompleteTranscriptException.class))
                .hasMessageContaining("0 to 100 ms")
                .hasMessageContaining(TOO_SMALL);
    }

    @Test
    void aClearAfterTheRefusalGivesTheAudioUp() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(refusal());
        clear(it);
        commit(it, CHUNK);
        it.server(CLEARED, committed("b"), completed("b"));
        assertThat(finals(it)).containsExactly(range(100, 200));
        finish(it);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void aClearLeavesCommitsBeforeItAsTheyAre() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        commit(it, CHUNK);
        it.chunk(CHUNK);
        clear(it);
        commit(it, CHUNK);
        it.server(refusal(), committed("b"), completed("b"), CLEARED, committed("d"), completed("d"));
        assertThat(finals(it)).containsExactly(range(0, 200), range(300, 400));
        finish(it);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void anItemThatAClearEndsAnswersNoCommit() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.server(created("a"));
        clear(it);
        commit(it, CHUNK);
        it.server(
                "{\"type\":\"conversation.item.input_audio_transcription.failed\",\"item_id\":\"a\",\"error\":{}}",
                CLEARED,
                committed("b"),
                completed("b"));
        assertThat(finals(it)).containsExactly(range(100, 200));
        finish(it);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void anItemOfAudioThatWasClearedIsOwedNoResult() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.server(created("a"));
        clear(it);
        it.server(CLEARED);
        commit(it, CHUNK);
        finish(it);
        it.server(committed("b"), completed("b"), FINISHED);
        assertThat(finals(it)).containsExactly(range(100, 200));
        assertThat(it.events.completions).isOne();
    }

    // ---- the end

    @Test
    void audioThatNoCommitCoveredMakesTheTranscriptIncomplete() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(committed("a"), completed("a"));
        commit(it, CHUNK);
        finish(it);
        it.server(refusal(), FINISHED);
        IncompleteTranscriptException failure = it.failure(IncompleteTranscriptException.class);
        assertThat(failure).hasMessageContaining("100 to 200 ms").hasMessageContaining(TOO_SMALL);
        assertThat(failure.openItems()).isEmpty();
        assertThat(failure.unansweredCommits()).isZero();
        assertThat(failure.refusedStart()).isEqualTo(Duration.ofMillis(100));
        assertThat(failure.refusedEnd()).isEqualTo(Duration.ofMillis(200));
        assertThat(failure.refusal().message()).isEqualTo(TOO_SMALL);
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void audioThatIsTooShortForServicesIsToldOnly() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK - 2);
        it.server(created("a"));
        commit(it);
        finish(it);
        it.server(refusal(commitId(it, 0)), FINISHED);
        assertThat(it.received(TranscriptionEvent.ErrorReported.class)).hasSize(1);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void aFatalErrorStillEndsTheSession() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(error("server_error", "x", "commit failed", null));
        it.failure(io.qwenasr.ServerErrorException.class);
        assertThat(it.received(TranscriptionEvent.ErrorReported.class)).isEmpty();
    }

    @Test
    void noResultIsDueOfARefusedCommit() {
        ClientHarness it = ready(MANUAL);
        commit(it, CHUNK);
        it.server(refusal());
        for (int i = 0; i < 10; i++) {
            it.channel.advanceTimeBy(1, TimeUnit.MINUTES);
            it.channel.runScheduledPendingTasks();
        }
        assertThat(it.events.isEnded()).isFalse();
    }

    // ---- audio that is not PCM has no positions

    @Test
    void opusHasNoPositionsAndStillLosesNothingInSilence() {
        ClientHarness it = ready(MANUAL.mutate()
                .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                .build());
        commit(it, 80);
        it.server(committed("a"), completed("a"));
        assertThat(it.received(TranscriptionEvent.Final.class))
                .containsExactly(new TranscriptionEvent.Final("a", "a", null, null, null, null));
        commit(it, 80);
        it.server(refusal());
        assertThat(it.received(TranscriptionEvent.ErrorReported.class))
                .singleElement()
                .satisfies(e -> assertThat(e.start()).isNull());
        finish(it);
        it.server(FINISHED);
        assertThat(it.failure(IncompleteTranscriptException.class)).hasMessageContaining(TOO_SMALL);
    }
}
