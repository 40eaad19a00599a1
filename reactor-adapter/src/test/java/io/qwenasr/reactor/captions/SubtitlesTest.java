package io.qwenasr.reactor.captions;

import static io.qwenasr.reactor.captions.Events.done;
import static io.qwenasr.reactor.captions.Events.failed;
import static io.qwenasr.reactor.captions.Events.ms;
import static io.qwenasr.reactor.captions.Events.partial;
import static io.qwenasr.reactor.captions.Events.ready;
import static io.qwenasr.reactor.captions.Events.reconnected;
import static io.qwenasr.reactor.captions.Events.started;
import static io.qwenasr.reactor.captions.Events.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class SubtitlesTest {

    private static final Duration BOUND = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private static List<Cue> cues(TranscriptionEvent... events) {
        return Flux.just(events).transform(Subtitles::cues).collectList().block(BOUND);
    }

    private static Cue cue(String item, long from, long to, String... lines) {
        return new Cue(item, ms(from), ms(to), List.of(lines));
    }

    @Test
    void aShortUtteranceIsOneCueInItsTime() {
        assertThat(cues(done("a", "Good morning.", 500, 2_500))).containsExactly(cue("a", 500, 2_500, "Good morning."));
    }

    @Test
    void timesAreThoseOfSpeechWhereTheFinalHasNone() {
        assertThat(cues(started("a", 700), stopped("a", 2_700), done("a", "Good morning.")))
                .containsExactly(cue("a", 700, 2_700, "Good morning."));
    }

    @Test
    void withoutTimesEachFollowsTheOneBeforeForAsLongAsItTakesToRead() {
        String forty = "four score and seven years ago our father";
        assertThat(cues(done("a", "Hello."), done("b", forty), new Final("c", "Bye.", null, null, null, ms(9_000))))
                .containsExactly(
                        cue("a", 0, 1_000, "Hello."), cue("b", 1_000, 3_050, forty), cue("c", 8_800, 9_800, "Bye."));
    }

    @Test
    void aCueTooShortToReadStaysAndTheNextOneWaits() {
        assertThat(cues(done("a", "Yes.", 1_000, 1_200), done("b", "Are you sure about it?", 1_500, 4_000)))
                .containsExactly(cue("a", 1_000, 2_000, "Yes."), cue("b", 2_000, 4_000, "Are you sure about it?"));
    }

    @Test
    void inDenseSpeechCuesNeverLagMoreThanASecond() {
        TranscriptionEvent[] dense = new TranscriptionEvent[50];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = done("item_" + i, "Yes.", 400L * i, 400L * i + 300);
        }
        List<Cue> cues = cues(dense);
        assertThat(cues).hasSize(dense.length);
        for (int i = 0; i < cues.size(); i++) {
            assertThat(cues.get(i).end()).isLessThanOrEqualTo(ms(400L * i + 300 + 1_000 + 1));
        }
    }

    @Test
    void norDoTheyInSpeechDenserThanAnyoneCanRead() {
        TranscriptionEvent[] dense = new TranscriptionEvent[300];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = done("item_" + i, "Yes.", 250L * i, 250L * i + 200);
        }
        List<Cue> cues = cues(dense);
        assertThat(cues).hasSize(dense.length);
        for (int i = 0; i < cues.size(); i++) {
            assertThat(cues.get(i).end()).isLessThanOrEqualTo(ms(250L * i + 200 + 1_000 + 1));
            assertThat(cues.get(i).length()).isGreaterThan(ms(200));
        }
        String novel = "more words than anyone can say in a second, or read ".repeat(40);
        List<Cue> novels = cues(done("a", novel, 0, 1_000), done("b", "Yes.", 1_500, 2_500));
        assertThat(novels.get(novels.size() - 2).end()).isLessThanOrEqualTo(ms(2_001));
    }

    @Test
    void anUtteranceOutOfOrderFollowsAndHoldsNothingUp() {
        List<Cue> cues =
                cues(done("a", "first", 0, 2_000), done("b", "third", 4_000, 6_000), done("c", "second", 2_000, 3_000));
        assertThat(cues.get(2).start()).isEqualTo(ms(6_000));
        assertThat(cues.get(2).length()).isGreaterThan(ms(300));
    }

    @Test
    void aShortSentenceSaidSlowlyStaysOneCue() {
        for (String text : List.of("Good evening everybody.", "No.", "Thank you very much.", "今天天气很好。")) {
            assertThat(cues(done("a", text, 0, 60_000))).containsExactly(cue("a", 0, 7_000, text));
            assertThat(cues(done("a", text, 0, 20_000))).containsExactly(cue("a", 0, 7_000, text));
        }
        String unpunctuated = "a long sentence that somebody says slowly and without any stops at all";
        assertThat(cues(done("a", unpunctuated, 0, 20_000))).hasSizeGreaterThan(1);
    }

    @Test
    void aSessionThatCountsFromZeroAgainIsPutBehind() {
        assertThat(cues(
                        ready(),
                        done("a", "the first session", 5_000, 10_000),
                        started("lost", 11_000),
                        ready(),
                        started("b", 1_000),
                        stopped("b", 5_000),
                        done("b", "the second session"),
                        done("c", "goes on", 6_000, 8_000),
                        ready(),
                        done("d", "the third session", 500, 2_500)))
                .containsExactly(
                        cue("a", 5_000, 10_000, "the first session"),
                        cue("b", 12_000, 16_000, "the second session"),
                        cue("c", 17_000, 19_000, "goes on"),
                        cue("d", 19_500, 21_500, "the third session"));
    }

    @Test
    void aSessionThatIsReplacedKeepsItsTimeline() {
        assertThat(cues(
                        ready(),
                        done("a", "before", 5_000, 10_000),
                        started("b", 12_000),
                        ready(),
                        partial("b", "", "cut"),
                        new TranscriptionEvent.AudioDropped(ms(13_000), ms(14_000)),
                        done("b", "cut by a rollover", 12_000, 15_000),
                        ready(),
                        started("c", 16_000),
                        reconnected(),
                        done("c", "after", 16_000, 18_000)))
                .containsExactly(
                        cue("a", 5_000, 10_000, "before"),
                        cue("b", 12_000, 15_000, "cut by a rollover"),
                        cue("c", 16_000, 18_000, "after"));
    }

    @Test
    void whiteSpaceOfAllScriptsIsOneBlank() {
        assertThat(cues(done("a", "今天\u3000\u3000很好 \u2003\u205f so", 0, 2_000)))
                .containsExactly(cue("a", 0, 2_000, "今天 很好 so"));
        assertThat(cues(done("a", "\u3000\u2003\u1680", 0, 2_000))).isEmpty();
        assertThat(cues(done("a", "x".repeat(42) + "\u3000\u3000" + "x".repeat(42), 0, 8_000)))
                .singleElement()
                .satisfies(cue -> assertThat(cue.lines()).hasSize(2));
        assertThat(cues(done("a", "10\u00a0km", 0, 2_000))).containsExactly(cue("a", 0, 2_000, "10\u00a0km"));
    }

    @Test
    void slowSpeechIsCutAtTheLongestTime() {
        assertThat(cues(done("a", "Well…", 0, 30_000))).containsExactly(cue("a", 0, 7_000, "Well…"));
        assertThat(cues(done("a", "Well, I think so.", 0, 14_000))).hasSizeGreaterThan(1);
    }

    @Test
    void aLongUtteranceIsSplitAtSentencesAndItsTimeSharedOut() {
        String first = "This is the first sentence and it is fairly long.";
        String second = "This is the second sentence and it is fairly long.";
        List<Cue> cues = cues(done("a", first + " " + second, 0, 10_000));
        assertThat(cues).hasSize(2);
        assertThat(String.join(" ", cues.get(0).lines())).isEqualTo(first);
        assertThat(String.join(" ", cues.get(1).lines())).isEqualTo(second);
        assertThat(cues.get(0).end()).isBetween(ms(4_900), ms(5_000));
        assertThat(cues.get(1).start()).isEqualTo(cues.get(0).end());
    }

    @Test
    void theStyleIsTheCallers() {
        SubtitleStyle narrow = SubtitleStyle.BROADCAST
                .withLineWidth(10)
                .withLines(1)
                .withDuration(ms(500), ms(2_000))
                .withColumnsPerSecond(10);
        assertThat(Flux.just(done("a", "one two three four", 0, 2_000))
                        .transform(Subtitles.cues(narrow))
                        .collectList()
                        .block(BOUND))
                .containsExactly(cue("a", 0, 824, "one two"), cue("a", 824, 2_000, "three four"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> narrow.withLineWidth(9))
                .withMessage("lineWidth must be 10 to 200, not 9");
        assertThatIllegalArgumentException().isThrownBy(() -> narrow.withDuration(ms(900), ms(800)));
    }

    @Test
    void whatHasNoTextHasNoCue() {
        assertThat(cues(done("a", ""), done("b", " \n\u0007"), partial("c", "lost", ""), failed("c")))
                .isEmpty();
    }

    @Test
    void cuesComeInTheOrderOfSpeech() {
        assertThat(cues(
                        started("a", 0),
                        started("b", 2_000),
                        done("b", "second", 2_000, 4_000),
                        done("a", "first", 0, 2_000)))
                .extracting(Cue::text)
                .containsExactly("first", "second");
    }

    @Test
    void aCueRefusesWhatWouldEndItInAFile() {
        assertThatIllegalArgumentException().isThrownBy(() -> cue("a", 0, 1, "x\n\ny"));
        assertThatIllegalArgumentException().isThrownBy(() -> cue("a", 0, 1, "x", " "));
        assertThatIllegalArgumentException().isThrownBy(() -> cue("a", 5, 5, "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> cue("a", -5, 5, "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> cue("a", 0, 1));
    }

    @Test
    void blocksComeAsSoonAsTheirUtteranceEnds() {
        TestPublisher<TranscriptionEvent> events = TestPublisher.create();
        StepVerifier.create(events.flux().transform(Subtitles::cues).transform(Subtitles::webVtt), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNext("WEBVTT\n\n")
                .thenRequest(1)
                .then(() -> events.next(done("a", "Good <b>.", 0, 2_000)))
                .expectNext("00:00:00.000 --> 00:00:02.000\nGood &lt;b&gt;.\n\n")
                .then(() -> events.assertMaxRequested(2))
                .thenCancel()
                .verify(BOUND);
        events.assertCancelled();
    }

    @Test
    void aGrowingFileHasEachBlockBeforeTheNextIsAskedFor() throws IOException {
        Path file = folder.resolve("live.srt");
        Sinks.Many<String> blocks = Sinks.many().unicast().onBackpressureBuffer();
        StepVerifier.create(blocks.asFlux().as(Subtitles.streamTo(file)))
                .then(() -> blocks.tryEmitNext("one\n"))
                .then(() -> awaitContent(file, "one\n"))
                .then(() -> blocks.tryEmitNext("zwö\n"))
                .then(() -> awaitContent(file, "one\nzwö\n"))
                .then(blocks::tryEmitComplete)
                .expectComplete()
                .verify(BOUND);
        assertThat(Files.readString(file)).isEqualTo("one\nzwö\n");
    }

    @Test
    void aWholeFileIsThereOnlyWhenItIsComplete() throws IOException {
        Path file = folder.resolve("talk.vtt");
        Files.writeString(file, "of before");
        StepVerifier.create(Flux.concat(Flux.just("new"), Flux.<String>error(new IllegalStateException("lost")))
                        .as(Subtitles.writeTo(file)))
                .expectErrorMessage("lost")
                .verify(BOUND);
        assertThat(Files.readString(file)).isEqualTo("of before");
        StepVerifier.create(Flux.just("a", "b").as(Subtitles.writeTo(file)))
                .expectComplete()
                .verify(BOUND);
        assertThat(Files.readString(file)).isEqualTo("ab");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void cancellingAWholeFileLeavesNothing() throws IOException {
        Path file = folder.resolve("talk.vtt");
        Path part = folder.resolve("talk.vtt.part");
        StepVerifier.create(Flux.concat(Mono.just("new"), Mono.never()).as(Subtitles.writeTo(file)))
                .then(() -> awaitContent(part, "new"))
                .thenCancel()
                .verify(BOUND);
        await(() -> !Files.exists(part));
        assertThat(file).doesNotExist();
    }

    @Test
    void aFileThatCannotBeWrittenIsAnError() {
        StepVerifier.create(Flux.just("a").as(Subtitles.streamTo(folder.resolve("no/such/folder"))))
                .expectError(UncheckedIOException.class)
                .verify(BOUND);
    }

    @Test
    void whatWasHeardBeforeAnErrorIsInTheFile() throws IOException {
        Path file = folder.resolve("live.srt");
        Flux<TranscriptionEvent> events = Flux.concat(
                Flux.just(started("a", 0), done("b", "one", 1_000, 2_000), done("c", "two", 3_000, 4_000)),
                Flux.error(new IllegalStateException("lost")));
        StepVerifier.create(events.transform(Subtitles::cues)
                        .transform(Subtitles::srt)
                        .as(Subtitles.streamTo(file)))
                .expectErrorMessage("lost")
                .verify(BOUND);
        assertThat(Shown.parseSrt(Files.readString(file)))
                .containsExactly(new Shown(1_000, 2_000, "one"), new Shown(3_000, 4_000, "two"));
    }

    @Test
    void aFileIsNewForEachSubscription() throws IOException {
        Path file = folder.resolve("live.srt");
        Files.writeString(file, "of before, and longer");
        Mono<Void> written = Flux.just("a", "b").as(Subtitles.streamTo(file));
        for (int i = 0; i < 2; i++) {
            StepVerifier.create(written).expectComplete().verify(BOUND);
            assertThat(Files.readString(file)).isEqualTo("ab");
        }
    }

    @Test
    void whatWentWrongIsToldEvenIfNothingCanBeCleanedUp() {
        String longest = "x".repeat(251) + ".srt";
        StepVerifier.create(Flux.just("a").as(Subtitles.writeTo(folder.resolve(longest))))
                .expectError(UncheckedIOException.class)
                .verify(BOUND);
    }

    @Test
    void aWholeFileThatCannotTakeItsPlaceLeavesNothing() throws IOException {
        Path taken = folder.resolve("talk.vtt");
        Files.createDirectories(taken.resolve("not empty"));
        StepVerifier.create(Flux.just("a").as(Subtitles.writeTo(taken)))
                .expectError(UncheckedIOException.class)
                .verify(BOUND);
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void cancellingWhileAFileIsOpenedLeavesNothing() {
        for (int i = 0; i < 1_000; i++) {
            Disposable writing = Flux.concat(Mono.just("new"), Mono.never())
                    .as(Subtitles.writeTo(folder.resolve("talk_" + i)))
                    .subscribe();
            for (int moment = 0; moment < i * 10; moment++) {
                Thread.onSpinWait();
            }
            writing.dispose();
        }
        Flux.just("a").as(Subtitles.writeTo(folder.resolve("last"))).block(BOUND);
        await(() -> {
            try (Stream<Path> files = Files.list(folder)) {
                return files.count() == 1;
            }
        });
    }

    private static void awaitContent(Path file, String content) {
        await(() -> Files.exists(file) && Files.readString(file).equals(content));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) {
        long limit = System.nanoTime() + BOUND.toNanos();
        try {
            while (!condition.holds()) {
                assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
