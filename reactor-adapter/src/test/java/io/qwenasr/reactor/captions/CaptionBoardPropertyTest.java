package io.qwenasr.reactor.captions;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Unknown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever comes, in whatever order. */
class CaptionBoardPropertyTest {

    private static final int RUNS = 2_000;
    private static final String[] PIECES = {
        "hello",
        " ",
        "wor",
        "ld",
        ".",
        ",",
        "今天",
        "。",
        "e",
        "\u0301",
        "👨‍👩‍👧",
        "🇨🇳",
        "مرحبا",
        "",
        "\n",
        "4111 1111"
    };

    @Test
    void holdsForRandomEvents() {
        long seed = Seeds.next("caption board");
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            try {
                check(events(random), false);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
    }

    @Test
    void holdsWhereSessionsGoOnWithWhatIsOpen() {
        long seed = Seeds.next("caption board, sessions that go on");
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            try {
                check(sessionsThatGoOn(random), true);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", run " + run, e);
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    /** No order is kept, few ids are used, and ends are doubled: nothing a service would be forgiven. */
    private static List<TranscriptionEvent> events(Random random) {
        List<TranscriptionEvent> events = new ArrayList<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            String item = "item_" + random.nextInt(6);
            long at = random.nextInt(10_000);
            events.add(
                    switch (random.nextInt(24)) {
                        case 0, 1 -> Events.started(item, at);
                        case 2, 3 -> Events.stopped(random.nextInt(4) == 0 ? null : item, at);
                        case 4, 5 -> new Committed(item, null);
                        case 6, 7, 8 -> Events.done(item, text(random));
                        case 9 -> Events.done(item, text(random), at, at + 100);
                        case 10 -> Events.failed(item);
                        case 11 -> new AudioDropped(Events.ms(at), Events.ms(at + 1));
                        case 12 -> random.nextInt(4) == 0 ? Events.ready() : new Cleared();
                        case 13 -> Events.reconnected();
                        case 14 -> new Unknown("x", "{}");
                        default -> Events.partial(item, text(random), text(random));
                    });
        }
        return events;
    }

    /**
     * Many sessions, each of which first tells of what is open, if anything is, and of nothing that has ended. Some results
     * do not come.
     */
    private static List<TranscriptionEvent> sessionsThatGoOn(Random random) {
        List<TranscriptionEvent> events = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        int items = 0;
        long at = 0;
        for (int i = random.nextInt(150); i > 0; i--) {
            boolean begins = !events.isEmpty() && events.get(events.size() - 1) instanceof SessionReady;
            at += random.nextInt(2_000);
            String known = open.isEmpty() ? "" : open.get(random.nextInt(open.size()));
            int kind = random.nextInt(begins && !open.isEmpty() ? 8 : 12);
            if (kind < 5 && !open.isEmpty()) {
                events.add(Events.partial(known, text(random), text(random)));
            } else if (kind < 7 && !open.isEmpty()) {
                events.add(
                        random.nextInt(5) == 0
                                ? Events.failed(known)
                                : Events.done(known, text(random), Math.max(0, at - 1_000), at));
                open.remove(known);
                ended.add(known);
            } else if (kind == 7 && !open.isEmpty()) {
                events.add(Events.stopped(known, at));
            } else if (kind == 8) {
                events.add(Events.ready());
                ended.clear();
            } else if (kind == 9 && !ended.isEmpty()) {
                events.add(Events.partial(ended.get(random.nextInt(ended.size())), "", text(random)));
            } else {
                items++;
                open.add("item_" + items);
                events.add(Events.started("item_" + items, at));
            }
        }
        return events;
    }

    /** @param goesOn whether sessions go on with what is open, so that nothing may be forgotten when one begins */
    private static void check(List<TranscriptionEvent> events, boolean goesOn) {
        CaptionBoard board = CaptionBoard.empty();
        Map<String, Caption> before = new HashMap<>();
        Set<String> settled = new HashSet<>();
        List<String> order = new ArrayList<>();
        long rewritten = 0;
        boolean begins = false;
        for (TranscriptionEvent event : events) {
            begins |= event instanceof SessionReady && !goesOn;
            boolean tells = begins && tellsOfAnItem(event);
            if (tells) {
                forget(before, settled, order);
            }
            CaptionBoard next = board.accept(event);
            for (Caption caption : next.settled()) {
                assertThat(caption.isOpen()).isFalse();
                assertThat(settled.add(caption.itemId()) || tells)
                        .as("settled once")
                        .isTrue();
            }
            for (Caption caption : next.current()) {
                if (!order.contains(caption.itemId())) {
                    order.add(caption.itemId());
                }
                assertThat(tells || !settled.contains(caption.itemId()))
                        .as("settled for good")
                        .isTrue();
            }
            assertThat(next.current().stream().map(Caption::itemId))
                    .as("in the order of announcement, each once")
                    .isSortedAccordingTo((a, b) -> order.indexOf(a) - order.indexOf(b))
                    .doesNotHaveDuplicates();
            assertThat(next.current().isEmpty() || next.current().get(0).isOpen())
                    .as("what can settle is settled")
                    .isTrue();
            List<Caption> all = new ArrayList<>(next.settled());
            all.addAll(next.current());
            for (Caption caption : all) {
                Caption earlier = before.put(caption.itemId(), caption);
                if (earlier != null && !tells) {
                    checkStep(earlier, caption, event);
                }
            }
            next.settled().forEach(caption -> before.remove(caption.itemId()));
            if (tells) {
                forget(before, settled, order);
                begins = false;
            } else {
                assertThat(next.flicker().rewritten()).isGreaterThanOrEqualTo(rewritten);
            }
            rewritten = next.flicker().rewritten();
            assertThat(board.accept(event).current()).as("pure").isEqualTo(next.current());
            board = next;
        }
        assertThat(board.end().current()).isEmpty();
    }

    /** As an event must be that shows whether a session goes on with what is open. */
    private static boolean tellsOfAnItem(TranscriptionEvent event) {
        return event instanceof SpeechStarted
                || (event instanceof SpeechStopped stopped && stopped.itemId() != null)
                || event instanceof Committed
                || event instanceof Partial
                || event instanceof Final
                || event instanceof Failed;
    }

    private static void forget(Map<String, Caption> before, Set<String> settled, List<String> order) {
        before.clear();
        settled.clear();
        order.clear();
    }

    private static void checkStep(Caption earlier, Caption later, TranscriptionEvent event) {
        boolean grown = later.confirmed().startsWith(earlier.confirmed());
        assertThat(later.revisions())
                .as("a revision for confirmed text that was taken back, and for nothing else: %s to %s", earlier, later)
                .isEqualTo(grown ? earlier.revisions() : earlier.revisions() + 1);
        assertThat(later.rewritten()).isGreaterThanOrEqualTo(earlier.rewritten());
        if (later.text().startsWith(earlier.text())
                && Graphemes.floor(later.text(), earlier.text().length())
                        == earlier.text().length()) {
            assertThat(later.rewritten()).isEqualTo(earlier.rewritten());
        }
        if (!earlier.isOpen()) {
            assertThat(later).as("what has ended stays").isEqualTo(earlier);
        } else if (event instanceof Final done && done.itemId().equals(later.itemId())) {
            assertThat(later.confirmed()).isEqualTo(done.transcript());
            assertThat(later.tentative()).isEmpty();
        } else if (event instanceof Failed failed && failed.itemId().equals(later.itemId())) {
            assertThat(later.text()).isEqualTo(earlier.text());
        } else if (event instanceof Partial partial && partial.itemId().equals(later.itemId())) {
            assertThat(later.text()).isIn(partial.preview(), earlier.text());
            if (later.text().equals(partial.preview())) {
                assertThat(later.confirmed().length())
                        .isGreaterThanOrEqualTo(
                                Math.min(partial.text().length(), later.text().length()));
            }
        } else {
            assertThat(later.text()).isEqualTo(earlier.text());
        }
        if (earlier.start() != null && !(event instanceof Final)) {
            assertThat(later.start()).isEqualTo(earlier.start());
        }
    }
}
