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
        long seed = Long.getLong("captions.seed", new Random().nextLong());
        System.out.println("caption board seed " + seed);
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            try {
                check(events(random));
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

    private static void check(List<TranscriptionEvent> events) {
        CaptionBoard board = CaptionBoard.empty();
        Map<String, Caption> before = new HashMap<>();
        Set<String> settled = new HashSet<>();
        List<String> order = new ArrayList<>();
        long rewritten = 0;
        for (TranscriptionEvent event : events) {
            CaptionBoard next = board.accept(event);
            for (Caption caption : next.settled()) {
                assertThat(caption.isOpen()).isFalse();
                assertThat(settled.add(caption.itemId())).as("settled once").isTrue();
            }
            for (Caption caption : next.current()) {
                if (!order.contains(caption.itemId())) {
                    order.add(caption.itemId());
                }
                assertThat(settled).doesNotContain(caption.itemId());
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
                if (earlier != null && !(event instanceof SessionReady)) {
                    checkStep(earlier, caption, event);
                }
            }
            next.settled().forEach(caption -> before.remove(caption.itemId()));
            if (event instanceof SessionReady) {
                before.clear();
                settled.clear();
                order.clear();
                rewritten = 0;
            } else {
                assertThat(next.flicker().rewritten()).isGreaterThanOrEqualTo(rewritten);
                rewritten = next.flicker().rewritten();
            }
            assertThat(board.accept(event).current()).as("pure").isEqualTo(next.current());
            board = next;
        }
        assertThat(board.end().current()).isEmpty();
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
