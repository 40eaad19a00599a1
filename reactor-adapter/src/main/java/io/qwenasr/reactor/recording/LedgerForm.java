package io.qwenasr.reactor.recording;

import io.qwenasr.AudioLedger;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A ledger as a list of texts, such as {@code PT0S PT1.5S LOST no longer kept}. */
final class LedgerForm {

    private static final String NAME = "ledger";
    private static final int PARTS = 4;

    /** Start, end and state. */
    private static final long ENTRY_CHARS = 40;

    private LedgerForm() {}

    static void write(LineWriter line, AudioLedger ledger) {
        line.texts(NAME, ledger.entries().stream().map(LedgerForm::text).toList());
    }

    private static String text(AudioLedger.Entry entry) {
        Stream<Object> always = Stream.of(entry.start(), entry.end(), entry.state());
        Stream<Object> reason = Stream.ofNullable(entry.reason());
        return String.join(
                " ", Stream.concat(always, reason).map(String::valueOf).toList());
    }

    /** Returns about how many characters the texts have together. */
    static long characters(AudioLedger ledger) {
        return ledger.entries().stream()
                .mapToLong(entry -> ENTRY_CHARS
                        + (entry.reason() == null ? 0 : entry.reason().length()))
                .sum();
    }

    static AudioLedger read(LineReader line) {
        List<AudioLedger.Entry> entries = new ArrayList<>();
        for (String text : line.texts(NAME)) {
            String[] parts = text.split(" ", PARTS);
            try {
                entries.add(new AudioLedger.Entry(
                        Duration.parse(parts[0]),
                        Duration.parse(parts[1]),
                        AudioLedger.State.valueOf(parts[2]),
                        parts.length < PARTS ? null : parts[PARTS - 1]));
            } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
                throw new LineReader.BadLineException(
                        NAME + " must hold texts of start, end, state and reason, not " + LineReader.excerpt(text));
            }
        }
        return new AudioLedger(entries);
    }
}
