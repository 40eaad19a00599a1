package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionViewTest {

    private static final Map<String, String> COLOUR = Map.of();
    private static final Map<String, String> NO_COLOUR = Map.of("NO_COLOR", "1");

    private final FixedTerminal terminal = new FixedTerminal(40);
    private final ScreenModel screen = new ScreenModel(40);

    private CaptionView view(TerminalInfo where, Map<String, String> environment) {
        return new CaptionView(CaptionScreen.of(new Output(screen, StandardCharsets.UTF_8), where, environment));
    }

    private static SpeechStarted started(String item) {
        return new SpeechStarted(item, Duration.ZERO);
    }

    private static Partial partial(String item, String text, String stash) {
        return new Partial(item, text, stash, "en", null);
    }

    private static Final end(String item, String transcript) {
        return new Final(item, transcript, "en", null, null, null);
    }

    @Test
    void showsConfirmedTextFirmAndTentativeTextDim() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(started("a"));
        view.accept(partial("a", "", "hollow"));
        assertThat(screen.rows()).containsExactly("HOLLOW");
        view.accept(partial("a", "hello", " word"));
        assertThat(screen.rows()).containsExactly("hello WORD");
        view.accept(end("a", "hello world"));
        assertThat(screen.rows()).containsExactly("hello world");
        view.accept(partial("b", "", "next"));
        assertThat(screen.rows()).containsExactly("hello world", "NEXT");
    }

    @Test
    void cutsALongLineAtItsOldEndAndPrintsItWholeInTheEnd() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(partial("a", "one two three four five six seven", " eight nine ten"));
        assertThat(screen.rows()).containsExactly("…e four five six seven EIGHT NINE TEN");
        view.accept(end("a", "one two three four five six seven eight nine ten"));
        assertThat(screen.rows()).containsExactly("one two three four five six seven eight", "nine ten");
    }

    @Test
    void countsWideCharactersTwice() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(partial("a", "今天天气很好我们一起去公园散步然后吃饭再回家休息", ""));
        assertThat(screen.rows()).singleElement().asString().startsWith("…").endsWith("再回家休息");
        view.accept(end("a", "今天天气很好我们一起去公园散步然后吃饭再回家休息"));
        assertThat(screen.rows()).hasSize(2);
    }

    @Test
    void keepsALineForEachOfSeveralOpenUtterances() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(started("a"));
        view.accept(partial("a", "first", ""));
        view.accept(started("b"));
        view.accept(partial("b", "", "second"));
        assertThat(screen.rows()).containsExactly("first", "SECOND");
        view.accept(end("b", "second!"));
        view.accept(partial("a", "first", " still"));
        assertThat(screen.rows()).containsExactly("first STILL", "second!");
        view.accept(end("a", "first!"));
        assertThat(screen.rows()).containsExactly("first!", "second!");
    }

    @Test
    void aResultThatNeverComesDoesNotHideWhatIsSaidNow() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(started("never"));
        view.accept(partial("never", "", "hm"));
        for (int i = 1; i <= 6; i++) {
            view.accept(partial("item_" + i, "sentence " + i, ""));
            view.accept(end("item_" + i, "sentence " + i + "."));
        }
        view.accept(partial("now", "", "now"));
        assertThat(screen.rows()).containsExactly("sentence 4.", "sentence 5.", "sentence 6.", "NOW");
    }

    @Test
    void takesDraftsAwayAtTheEnd() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(started("a"));
        view.accept(partial("a", "never", " finished"));
        view.accept(started("b"));
        view.accept(end("b", "finished"));
        view.end();
        assertThat(screen.rows()).containsExactly("finished");
    }

    @Test
    void leavesOutUtterancesWithoutWords() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(started("a"));
        view.accept(partial("a", "", "hm"));
        view.accept(end("a", ""));
        view.accept(new Failed("b", new ServerError(null, "mumble", null, null, null)));
        assertThat(screen.rows()).containsExactly("[not transcribed: mumble]");
    }

    @Test
    void tellsOfLostAudioInItsPlace() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(partial("a", "", "before"));
        view.accept(new AudioDropped(Duration.ofMillis(61_250), Duration.ofMillis(62_500)));
        view.accept(partial("b", "", "after"));
        assertThat(screen.rows()).containsExactly("BEFORE", "[1.25 s of audio lost at 01:01.3]", "AFTER");
        view.accept(end("a", "before"));
        view.accept(end("b", "after"));
        assertThat(screen.rows()).containsExactly("before", "[1.25 s of audio lost at 01:01.3]", "after");
    }

    @Test
    void letsNoControlCharacterOfTheServiceThrough() {
        CaptionView view = view(terminal, COLOUR);
        view.accept(partial("a", "a\nb", "\u001b[2Jc"));
        assertThat(screen.rows()).containsExactly("a b?[2JC");
        view.accept(end("a", "a\r\nb\u0007\u001b[2Jc"));
        assertThat(screen.rows()).containsExactly("a b??[2Jc");
    }

    @Test
    void writesPlainLinesWhereThereIsNoTerminal() {
        CaptionView view = view(TerminalInfo.NONE, COLOUR);
        view.accept(started("a"));
        view.accept(partial("a", "hel", "lo"));
        view.accept(end("a", "hello, this is a line that is longer than forty columns"));
        view.accept(end("b", "world"));
        view.end();
        assertThat(screen.raw().lines())
                .containsExactly("hello, this is a line that is longer than forty columns", "world");
        assertThat(screen.raw().replaceAll("\\R", "")).doesNotContainPattern("\\p{Cc}");
    }

    @Test
    void usesNoEscapeSequenceWithoutColour() {
        CaptionView view = view(terminal, NO_COLOUR);
        view.accept(partial("a", "a long draft", " of it"));
        assertThat(screen.rows()).containsExactly("a long draft of it");
        view.accept(partial("a", "short", ""));
        assertThat(screen.rows()).containsExactly("short");
        view.accept(end("a", "short!"));
        view.accept(partial("b", "", "next"));
        assertThat(screen.rows()).containsExactly("short!", "next");
        view.end();
        assertThat(screen.rows()).containsExactly("short!");
        assertThat(screen.raw()).doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void showsEachTranscriptOnceInOrderWhateverHappened(boolean colour) {
        long seed = new Random().nextLong();
        System.out.println("captions seed " + seed);
        Random random = new Random(seed);
        CaptionView view = view(terminal, colour ? COLOUR : NO_COLOUR);
        List<String> expected = new ArrayList<>();
        List<List<TranscriptionEvent>> pending = new ArrayList<>();
        int begun = 0;
        while (begun < 60 || !pending.isEmpty()) {
            if (begun < 60 && (pending.isEmpty() || random.nextInt(3) == 0) && pending.size() < 6) {
                String item = "item" + begun++;
                String transcript = item + " x".repeat(random.nextInt(70));
                Columns.wrap(transcript, 40, 0).forEach(expected::add);
                view.accept(started(item));
                List<TranscriptionEvent> events = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    events.add(partial(item, "d".repeat(random.nextInt(60)), " 今".repeat(random.nextInt(30))));
                }
                events.add(end(item, transcript));
                pending.add(events);
            } else {
                List<TranscriptionEvent> events = pending.get(random.nextInt(pending.size()));
                view.accept(events.remove(0));
                if (events.isEmpty()) {
                    pending.remove(events);
                }
            }
        }
        view.end();
        assertThat(screen.rows()).isEqualTo(expected);
    }

    @Test
    void drawsOverWhatANarrowerTerminalHasBroken() {
        ReflowingScreen reflowing = new ReflowingScreen(80);
        FixedTerminal resized = new FixedTerminal(80);
        CaptionView view = new CaptionView(
                new AnsiScreen(new Output(reflowing, StandardCharsets.UTF_8), resized, false), () -> "00:01.0 ###");
        view.accept(end("z", "before"));
        view.accept(partial("a", "one two three four five six seven eight nine ten eleven twelve thirteen", ""));
        for (int width : new int[] {40, 13, 80, 21, 25}) {
            reflowing.resize(width);
            resized.width(width);
            view.refresh();
            assertThat(reflowing.rows())
                    .as("width %d", width)
                    .hasSize(3)
                    .startsWith("before")
                    .endsWith(Columns.tail("00:01.0 ###", width - 3));
        }
        view.say("a notice");
        view.end();
        assertThat(reflowing.rows()).containsExactly("before", "a notice", "");
    }

    @Test
    void neverTakesMoreRowsThanThereAre() {
        FixedTerminal low = new FixedTerminal(40) {
            @Override
            public int height() {
                return 3;
            }
        };
        CaptionView view =
                new CaptionView(new AnsiScreen(new Output(screen, StandardCharsets.UTF_8), low, true), () -> "status");
        for (String item : List.of("a", "b", "c")) {
            view.accept(partial(item, item, ""));
        }
        assertThat(screen.rows()).containsExactly("c", "STATUS");
    }

    @Test
    void usesNoStyleWhereItIsNotWanted() {
        CaptionView view = new CaptionView(
                new AnsiScreen(new Output(screen, StandardCharsets.UTF_8), terminal, false), () -> "status");
        view.accept(partial("a", "firm", " tentative"));
        assertThat(screen.rows()).containsExactly("firm tentative", "status");
    }
}
