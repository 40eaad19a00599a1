package io.qwenasr.reactor.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.recording.Recording;
import io.qwenasr.reactor.recording.SessionRecorder;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Captions of sessions that are lost again and again, and of sessions that were recorded. */
class CaptionSessionsTest {

    private static final int RUNS = 60;
    private static final int MOST_STEPS = 10_000;
    private static final int SAMPLES_PER_MILLI = 16;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final Pattern BLANK = Pattern.compile(" ");
    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(100, Duration.ofMillis(1), Duration.ofMillis(1), 0, Duration.ofSeconds(30));

    /** Utterances of words that are numbered through, with pauses between. */
    private record Speech(List<Short> millis, List<String> utterances) {

        static Speech random(Random random) {
            List<String> utterances = new ArrayList<>();
            List<Short> millis = new ArrayList<>();
            pause(random, millis);
            short word = 0;
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                List<String> words = new ArrayList<>();
                for (int j = 1 + random.nextInt(10); j > 0; j--) {
                    word++;
                    words.add("w" + word);
                    for (int k = 100 + random.nextInt(300); k > 0; k--) {
                        millis.add(word);
                    }
                }
                utterances.add(String.join(" ", words));
                pause(random, millis);
            }
            return new Speech(millis, utterances);
        }

        private static void pause(Random random, List<Short> millis) {
            for (int k = 700 + random.nextInt(500); k > 0; k--) {
                millis.add((short) 0);
            }
        }

        int samples() {
            return millis.size() * SAMPLES_PER_MILLI;
        }

        Flux<AudioSignal> audio() {
            return Flux.fromIterable(millis).buffer(100).map(part -> {
                ByteBuffer buffer =
                        ByteBuffer.allocate(part.size() * SAMPLES_PER_MILLI * 2).order(ByteOrder.LITTLE_ENDIAN);
                for (short word : part) {
                    for (int i = 0; i < SAMPLES_PER_MILLI; i++) {
                        buffer.putShort(word);
                    }
                }
                return AudioSignal.chunk(buffer.flip());
            });
        }
    }

    private static List<String> words(Stream<Caption> captions) {
        return captions.map(Caption::text)
                .flatMap(BLANK::splitAsStream)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    @Test
    void noWordComesTwiceNorGoesAwayWhenSessionsAreLost() {
        long seed = Seeds.next("caption sessions");
        int reconnects = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            Speech speech = Speech.random(random);
            List<TranscriptionEvent> events = ResumingTranscriber.of(new WordHearer(
                            () -> random.nextInt(4) == 0 ? Long.MAX_VALUE : random.nextInt(speech.samples())))
                    .reconnecting(AT_ONCE)
                    .transcribe(speech.audio(), VAD)
                    .collectList()
                    .block(BOUND);
            reconnects +=
                    (int) events.stream().filter(Reconnected.class::isInstance).count();
            try {
                check(events, speech);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
        assertThat(reconnects).isGreaterThan(RUNS / 2);
    }

    private static void check(List<TranscriptionEvent> events, Speech speech) {
        List<Caption> settled = new ArrayList<>();
        int most = 0;
        for (CaptionBoard board :
                Flux.fromIterable(events).transform(Captions::boards).toIterable()) {
            settled.addAll(board.settled());
            List<String> shown = words(Stream.concat(settled.stream(), board.current().stream()));
            for (int i = 0; i < shown.size(); i++) {
                assertThat(shown.get(i)).as("%s", board).isEqualTo("w" + (i + 1));
            }
            assertThat(shown).as("nothing goes away").hasSizeGreaterThanOrEqualTo(most);
            most = shown.size();
        }
        assertThat(settled).extracting(Caption::text).isEqualTo(speech.utterances());
        assertThat(settled)
                .allSatisfy(caption -> assertThat(caption.revisions()).isZero());
    }

    @Test
    void noWordComesTwiceNorGoesAwayWhenSessionsAreReplaced() {
        long seed = Seeds.next("caption sessions, replaced");
        int cut = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            Speech speech = Speech.random(random);
            List<TranscriptionEvent> events = replacedIn(speech, random);
            cut += sessionsInSpeech(events);
            try {
                check(events, speech);
                check(
                        Flux.fromIterable(events)
                                .transform(Captions.localAgreement(2))
                                .collectList()
                                .block(BOUND),
                        speech);
                checkCues(events, speech);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
        assertThat(cut).as("sessions that began while somebody spoke").isGreaterThan(RUNS);
    }

    /** There is one timeline, however many sessions there are. */
    private static void checkCues(List<TranscriptionEvent> events, Speech speech) {
        Map<String, Final> finals = events.stream()
                .filter(Final.class::isInstance)
                .map(Final.class::cast)
                .collect(Collectors.toMap(Final::itemId, Function.identity()));
        List<Cue> cues = Flux.fromIterable(events)
                .transform(Subtitles::cues)
                .collectList()
                .block(BOUND);
        assertThat(cues.stream().map(Cue::itemId).distinct()).hasSameSizeAs(speech.utterances());
        assertThat(cues).allSatisfy(cue -> {
            Final done = finals.get(cue.itemId());
            assertThat(cue.start()).isBetween(done.start(), done.end().plusSeconds(1));
            assertThat(cue.end()).isLessThanOrEqualTo(done.end().plusMillis(1_001));
        });
    }

    /** In real time by a virtual clock; some sessions are lost as well. */
    private static List<TranscriptionEvent> replacedIn(Speech speech, Random random) {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        List<TranscriptionEvent> events = new ArrayList<>();
        AtomicBoolean completed = new AtomicBoolean();
        ResumingTranscriber.of(
                        new WordHearer(() -> random.nextInt(4) > 0 ? Long.MAX_VALUE : random.nextInt(speech.samples())))
                .reconnecting(AT_ONCE)
                .rollingOverBefore(Duration.ofMillis(1_000 + random.nextInt(2_000)))
                .on(clock)
                .transcribe(speech.audio().delayElements(Duration.ofMillis(100), clock), VAD)
                .subscribe(events::add, error -> {}, () -> completed.set(true));
        for (int i = 0; i < MOST_STEPS && !completed.get(); i++) {
            clock.advanceTimeBy(Duration.ofMillis(50));
        }
        clock.dispose();
        assertThat(completed).isTrue();
        return events;
    }

    private static int sessionsInSpeech(List<TranscriptionEvent> events) {
        int sessions = 0;
        CaptionBoard board = CaptionBoard.empty();
        for (TranscriptionEvent event : events) {
            if (event instanceof SessionReady
                    && board.current().stream()
                            .anyMatch(caption -> !caption.text().isEmpty())) {
                sessions++;
            }
            board = board.accept(event);
        }
        return sessions;
    }

    @Test
    void aRecordedSessionFoldsToTheSameEachTime(@TempDir Path folder) throws Exception {
        long seed = Seeds.next("recorded captions");
        Random random = new Random(seed);
        Speech speech = Speech.random(random);
        CompletableFuture<Path> written = new CompletableFuture<>();
        List<List<Caption>> live = SessionRecorder.builder(
                        ResumingTranscriber.of(new WordHearer(() -> random.nextBoolean()
                                        ? Long.MAX_VALUE
                                        : (long) random.nextInt(speech.samples())))
                                .reconnecting(AT_ONCE),
                        folder)
                .whenWritten(written::complete)
                .build()
                .transcribe(speech.audio(), VAD)
                .transform(Captions::boards)
                .map(CaptionSessionsTest::everything)
                .collectList()
                .block(BOUND);
        Path file = written.get(BOUND.toSeconds(), TimeUnit.SECONDS);
        List<List<Caption>> once = recorded(file);
        assertThat(once).isEqualTo(recorded(file)).hasSizeGreaterThan(2);
        assertThat(texts(once)).as("seed " + seed).isEqualTo(texts(live));
    }

    private static List<List<Caption>> recorded(Path file) throws IOException {
        return Flux.fromIterable(Recording.read(file).events())
                .transform(Captions::boards)
                .map(CaptionSessionsTest::everything)
                .collectList()
                .block(BOUND);
    }

    private static List<Caption> everything(CaptionBoard board) {
        return Stream.concat(board.settled().stream(), board.current().stream()).toList();
    }

    private static List<List<String>> texts(List<List<Caption>> boards) {
        return boards.stream()
                .map(board -> board.stream()
                        .map(caption -> caption.itemId() + caption.confirmed() + "|" + caption.tentative())
                        .toList())
                .toList();
    }
}
