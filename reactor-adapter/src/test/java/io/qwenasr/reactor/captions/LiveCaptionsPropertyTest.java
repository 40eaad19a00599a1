package io.qwenasr.reactor.captions;

import static io.qwenasr.reactor.captions.Events.done;
import static io.qwenasr.reactor.captions.Events.fold;
import static io.qwenasr.reactor.captions.Events.partial;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Partials as a recogniser makes them, that guesses the last words wrong and puts full stops where none stay. */
class LiveCaptionsPropertyTest {

    private static final int RUNS = 200;
    private static final Pattern CARD = Pattern.compile("(?<!\\d)\\d(?:[ -]?\\d){12,18}(?!\\d)");

    private static final List<String> STOPS = List.of(".", "。", ", ", "?", "...", " …");

    private static List<TranscriptionEvent> utterance(String item, List<String> words, Random random) {
        List<TranscriptionEvent> events = new ArrayList<>();
        int firm = 0;
        for (int heard = 1; heard <= words.size(); heard++) {
            firm = Math.max(firm, heard - 1 - random.nextInt(4));
            String text = String.join("", words.subList(0, firm));
            String sure = String.join("", words.subList(firm, Math.max(firm, heard - 1)));
            String last = words.get(heard - 1);
            if (firm < heard - 1 && random.nextInt(10) == 0) {
                sure = "er " + sure;
            }
            String guess = random.nextInt(3) == 0 ? last.substring(0, 1 + random.nextInt(last.length())) + "h" : last;
            boolean inTurn = random.nextInt(5) == 0;
            String stash = heard > firm ? sure + guess : sure;
            events.add(inTurn ? partial(item, "", text + stash) : partial(item, text, stash));
            if (random.nextInt(2) == 0) {
                events.add(inTurn ? partial(item, "", text + stash + ".") : partial(item, text, stash + "."));
            }
        }
        events.add(done(item, String.join("", words) + "."));
        return events;
    }

    private static List<String> words(Random random) {
        List<String> words = new ArrayList<>();
        boolean chinese = random.nextBoolean();
        for (int i = 5 + random.nextInt(20); i > 0; i--) {
            words.add(chinese ? Character.toString(0x4E00 + random.nextInt(2_000)) : "word" + random.nextInt(99) + " ");
        }
        return words;
    }

    private static List<TranscriptionEvent> through(
            List<TranscriptionEvent> events, Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> operator) {
        return Flux.fromIterable(events).transform(operator).collectList().block();
    }

    @Test
    void stabilisersCalmCaptionsAndLoseNothing() {
        long seed = Seeds.next("live captions");
        Random random = new Random(seed);
        Flicker plain = Flicker.NONE;
        Flicker heldBack = Flicker.NONE;
        Flicker agreed = Flicker.NONE;
        for (int run = 0; run < RUNS; run++) {
            List<TranscriptionEvent> events = utterance("a", words(random), random);
            List<TranscriptionEvent> back = through(events, Captions.holdBack(1));
            List<TranscriptionEvent> agreeing = through(events, Captions.localAgreement(2));
            for (List<TranscriptionEvent> calm : List.of(back, agreeing)) {
                assertThat(calm).hasSameSizeAs(events);
                assertThat(calm.get(calm.size() - 1)).isEqualTo(events.get(events.size() - 1));
                for (int i = 0; i < events.size() - 1; i++) {
                    Partial raw = (Partial) events.get(i);
                    Partial shown = (Partial) calm.get(i);
                    assertThat(raw.preview()).startsWith(shown.preview());
                    assertThat(shown.text()).isEqualTo(raw.text());
                }
            }
            plain = plain.plus(fold(events).flicker());
            heldBack = heldBack.plus(fold(back).flicker());
            agreed = agreed.plus(fold(agreeing).flicker());
        }
        System.out.printf(
                "flicker %.3f, held back %.3f, agreed %.3f%n",
                plain.perCharacter(), heldBack.perCharacter(), agreed.perCharacter());
        assertThat(heldBack.perCharacter()).as("seed " + seed).isLessThan(plain.perCharacter() * 0.75);
        assertThat(agreed.perCharacter()).as("seed " + seed).isLessThan(plain.perCharacter() * 0.75);
    }

    @Test
    void noDigitOfACardIsEverShownAndNothingConfirmedIsTakenBack() {
        checkRedaction(CARD, "0123456789", List.of("", " ", "-"));
    }

    @Test
    void norIsOneInOtherWaysToWriteIt() {
        Pattern anyCard = Pattern.compile("(?U)(?<!\\d)\\d(?:[\\p{Punct}\\s]{0,2}\\d){12,18}(?!\\d)");
        checkRedaction(anyCard, "0123456789", List.of("", " ", "-", ", ", ".", ". ", "，"));
        checkRedaction(anyCard, "０１２３４５６７８９", List.of("", " ", "\u3000", "、"));
        checkRedaction(anyCard, "٠١٢٣٤٥٦٧٨٩", List.of("", " ", "، "));
    }

    /** Stops come behind partials and do not stay. */
    private static void checkRedaction(Pattern card, String digits, List<String> separators) {
        long seed = Seeds.next("redaction");
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(seed + run);
            StringBuilder said = new StringBuilder("my card is ");
            int count = 13 + random.nextInt(7);
            for (int i = 0; i < count; i++) {
                said.append(digits.charAt(random.nextInt(10)));
                if (i + 1 < count && random.nextInt(4) == 0) {
                    said.append(separators.get(random.nextInt(separators.size())));
                }
            }
            int secret = said.length();
            said.append(" thanks, see you in 2027 or at no. ")
                    .append(random.nextInt(100_000))
                    .append(" maybe");
            List<TranscriptionEvent> events = new ArrayList<>();
            int firm = 0;
            for (int to = 1; to <= said.length(); to++) {
                firm = Math.max(firm, random.nextInt(to + 1));
                String stop = random.nextInt(3) > 0 ? "" : STOPS.get(random.nextInt(STOPS.size()));
                events.add(partial("a", said.substring(0, firm), said.substring(firm, to) + stop));
            }
            events.add(done("a", said.toString()));
            List<TranscriptionEvent> redacted =
                    through(events, Captions.redact(card, found -> found.replaceAll("(?U)\\d", "•")));
            for (TranscriptionEvent event : redacted) {
                String shown = event instanceof Partial p ? p.preview() : ((Final) event).transcript();
                assertThat(shown.substring(0, Math.min(secret, shown.length())))
                        .as("seed %s, run %s", seed, run)
                        .doesNotContainPattern("(?U)\\d");
            }
            assertThat(fold(redacted).settled()).singleElement().satisfies(caption -> {
                assertThat(caption.revisions()).as("seed " + seed).isZero();
                assertThat(caption.text()).endsWith(said.substring(secret));
            });
        }
    }
}
