package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The official DashScope SDK, unchanged, against our server. */
class OfficialSdkTests {

    private static final SessionOptions VAD = SessionOptions.builder()
            .language("zh")
            .corpusText("海葵项目 <\"A&B\">")
            .serverVad(0.0, Duration.ofMillis(400))
            .build();
    private static final SessionOptions MANUAL = SessionOptions.builder()
            .language("zh")
            .corpusText("海葵项目 <\"A&B\">")
            .manual()
            .build();
    private static final TestAudio AUDIO = TestAudio.twoUtterances();

    @RegisterExtension
    final ServerUnderTest server = new ServerUnderTest();

    @RegisterExtension
    final SdkLog sdkLog = new SdkLog();

    private List<String> ourVadStory() {
        return server.storyOfOurClient(VAD, AudioSignal.chunk(AUDIO.buffer()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1_024, 3_200, 1_023})
    void transcribesWithServerVad(int pieceBytes) throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, pieceBytes);
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().types())
                .containsExactly(
                        Wire.CREATED,
                        Wire.UPDATED,
                        Wire.SPEECH_STARTED,
                        Wire.TEXT,
                        Wire.SPEECH_STOPPED,
                        Wire.COMMITTED,
                        Wire.ITEM_CREATED,
                        Wire.COMPLETED,
                        Wire.SPEECH_STARTED,
                        Wire.TEXT,
                        Wire.SPEECH_STOPPED,
                        Wire.COMMITTED,
                        Wire.ITEM_CREATED,
                        Wire.COMPLETED,
                        Wire.FINISHED);
        List<String> story = Story.of(sdk.inbox());
        assertThat(Story.finals(story)).hasSize(2);
        assertThat(story).contains("started item_1 at 300", "stopped item_1 at 1970", "started item_2 at 2570");
        assertThat(story).isEqualTo(ourVadStory());
        assertThat(sdk.conversation().getSessionId()).startsWith("sess_");
        server.awaitNoSessions();
    }

    @Test
    void isUnderstoodAsOurClientIs() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, 3_200);
        sdk.conversation().endSession();
        ourVadStory();
        server.storyOfOurClient(MANUAL, AudioSignal.chunk(AUDIO.buffer()));
        SdkSession manual = SdkSession.connected(server);
        manual.conversation().updateSession(SdkSession.manual());
        manual.append(AUDIO, 3_200);
        manual.conversation().endSession();

        List<SessionOptions> sessions = server.sessions();
        assertThat(sessions).hasSize(4);
        assertThat(sessions.get(0)).isEqualTo(sessions.get(1)).isNotEqualTo(sessions.get(2));
        assertThat(sessions.get(3)).isEqualTo(sessions.get(2));
        assertThat(sessions.get(0).corpusText()).isEqualTo("海葵项目 <\"A&B\">");
    }

    @Test
    void transcribesWithTheDefaultsOfTheServer() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.append(AUDIO, 3_200);
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(Story.of(sdk.inbox()))
                .isEqualTo(server.storyOfOurClient(SessionOptions.defaults(), AudioSignal.chunk(AUDIO.buffer())));
    }

    @Test
    void commitsByHand() throws Exception {
        TestAudio first = TestAudio.speech(3, 420);
        TestAudio second = TestAudio.speech(4, 250);
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.manual());
        sdk.append(first, 1_024);
        sdk.conversation().commit();
        sdk.append(second, 3_200);
        sdk.conversation().commit();
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().types())
                .containsExactly(
                        Wire.CREATED,
                        Wire.UPDATED,
                        Wire.COMMITTED,
                        Wire.ITEM_CREATED,
                        Wire.TEXT,
                        Wire.COMPLETED,
                        Wire.COMMITTED,
                        Wire.ITEM_CREATED,
                        Wire.TEXT,
                        Wire.COMPLETED,
                        Wire.FINISHED);
        List<String> story = Story.of(sdk.inbox());
        assertThat(Story.finals(story)).hasSize(2);
        assertThat(story)
                .isEqualTo(server.storyOfOurClient(
                        MANUAL,
                        AudioSignal.chunk(first.buffer()),
                        AudioSignal.commit(),
                        AudioSignal.chunk(second.buffer()),
                        AudioSignal.commit()));
    }

    @Test
    void refusesAnEmptyCommitAndGoesOn() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.manual());
        sdk.conversation().commit();
        JsonObject error = sdk.inbox().await(Wire.ERROR).getAsJsonObject("error");
        assertThat(Wire.string(error, "type")).isEqualTo("invalid_request_error");
        assertThat(Wire.string(error, "event_id")).startsWith("event_");
        sdk.append(AUDIO, 3_200);
        sdk.conversation().commit();
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().events(Wire.COMPLETED)).hasSize(1);
    }

    @Test
    void dropsClearedAudio() throws Exception {
        TestAudio first = TestAudio.speech(5, 300);
        TestAudio dropped = TestAudio.speech(6, 500);
        TestAudio second = TestAudio.speech(7, 200);
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.manual());
        sdk.append(first, 3_200);
        sdk.conversation().commit();
        sdk.append(dropped, 3_200);
        sdk.conversation().clearAppendedAudio();
        sdk.inbox().await(Wire.CLEARED);
        sdk.append(second, 3_200);
        sdk.conversation().commit();
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        List<String> story = Story.of(sdk.inbox());
        assertThat(Story.finals(story)).hasSize(2);
        assertThat(story)
                .isEqualTo(server.storyOfOurClient(
                        MANUAL,
                        AudioSignal.chunk(first.buffer()),
                        AudioSignal.commit(),
                        AudioSignal.chunk(dropped.buffer()),
                        AudioSignal.clear(),
                        AudioSignal.chunk(second.buffer()),
                        AudioSignal.commit()));
    }

    /** The calls of the official demo, which come from its sibling for conversations. */
    @Test
    void survivesTheOfficialDemo() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, 1_024);
        sdk.conversation().commit();
        sdk.conversation().createResponse(null, null);
        sdk.conversation().close(1000, "bye");

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        server.awaitNoSessions();
    }

    @Test
    void refusesAResponseAndGoesOn() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, 1_024);
        sdk.conversation().commit();
        sdk.conversation().createResponse(null, null);
        sdk.conversation().cancelResponse();
        sdk.inbox().await(Wire.ERROR);
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().events(Wire.ERROR)).hasSize(2);
        assertThat(Story.finals(Story.of(sdk.inbox()))).isEqualTo(Story.finals(ourVadStory()));
    }

    @Test
    void finishesWithoutAudio() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().types()).containsExactly(Wire.CREATED, Wire.UPDATED, Wire.FINISHED);
    }

    @Test
    void finishesAfterNothingButSilence() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.append(TestAudio.silence(2_000), 3_200);
        sdk.conversation().endSession();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        assertThat(sdk.inbox().types()).containsExactly(Wire.CREATED, Wire.FINISHED);
    }

    @Test
    void endsManySessionsOneAfterTheOther() throws Exception {
        List<String> expected = ourVadStory();
        for (int i = 0; i < 20; i++) {
            assertThat(wholeVadSession()).isEqualTo(expected);
        }
        server.awaitNoSessions();
    }

    @Test
    void endsManySessionsAtOnce() throws Exception {
        List<String> expected = ourVadStory();
        int sessions = 8;
        ExecutorService pool = Executors.newFixedThreadPool(sessions);
        try {
            List<Callable<List<String>>> tasks = Collections.nCopies(sessions, this::wholeVadSession);
            List<List<String>> stories = new ArrayList<>();
            for (Future<List<String>> done : pool.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                stories.add(done.get());
            }
            assertThat(stories).hasSize(sessions).containsOnly(expected);
        } finally {
            pool.shutdownNow();
        }
        server.awaitNoSessions();
    }

    private List<String> wholeVadSession() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, 3_200);
        sdk.conversation().endSession();
        assertThat(sdk.inbox().awaitClose()).isEqualTo(1000);
        return Story.of(sdk.inbox());
    }

    /** The SDK stumbles over a Close without a code. */
    @Test
    void closesWithACodeWhenTheServerStops() throws Exception {
        SdkSession sdk = SdkSession.connected(server);
        sdk.conversation().updateSession(SdkSession.vad());
        sdk.append(AUDIO, 3_200);
        sdk.inbox().await(Wire.TEXT);
        server.stop();

        assertThat(sdk.inbox().awaitClose()).isEqualTo(1001);
        assertThat(sdk.inbox().types()).doesNotContain(Wire.FINISHED);
        assertThatThrownBy(() -> sdk.append(AUDIO, 3_200)).hasMessage("conversation is already closed!");
    }

    /** The SDK's {@code connect()} waits for ever after a refusal; it is told of the 401 all the same. */
    @Test
    void tellsTheSdkThatTheKeyIsWrong() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            SdkSession sdk = new SdkSession(server, "sk-wrong");
            Future<?> connecting = thread.submit(() -> {
                sdk.conversation().connect();
                return null;
            });
            assertThat(sdkLog.takeError()).contains("401 Unauthorized");
            assertThat(server.openSessions()).isZero();
            thread.shutdownNow();
            assertThatThrownBy(() -> connecting.get(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
        } finally {
            thread.shutdownNow();
        }
    }
}
