package io.qwenasr.samples.localengine;

import io.qwenasr.TranscriptionEvent;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One item while it is decoded: feeds the decoder in blocks of a fixed size, so that the words do not depend
 * on how the audio was cut into chunks, and emits a partial whenever it reads differently.
 */
final class Utterance implements AutoCloseable {

    /** Samples decoded at once: 128 ms. */
    static final int BLOCK = 4 * Vad.FRAME;

    /** How long a word stays tentative: 768 ms, a whole number of blocks. */
    static final long HOLD = 6 * BLOCK;

    /** From this length on a pause settles what was said, which bounds the decoder's memory: 20 s. */
    private static final long LONG_STRETCH = 20 * Pcm.RATE;

    private static final long QUIET_STRETCH = 5 * BLOCK;

    /** Settled in any case, pause or not: 60 s. */
    private static final long LONGEST_STRETCH = 60 * Pcm.RATE;

    /** Silence decoded after the end, without which the last words are not heard out: 512 ms. */
    private static final int TAIL_BLOCKS = 4;

    private final String id;
    private final @Nullable String language;
    private final Decoder decoder;
    private final Consumer<TranscriptionEvent> events;
    private final PrefixConfirmation confirmation = new PrefixConfirmation(HOLD);
    private final Dither dither;
    private final short[] block = new short[BLOCK];
    private int filled;
    private long decoded;
    private long stretchStart;
    private long changedAt;
    private String hypothesis = "";
    private String text = "";
    private String stash = "";
    private boolean shown;

    Utterance(
            String id, @Nullable String language, Decoder decoder, Dither dither, Consumer<TranscriptionEvent> events) {
        this.id = id;
        this.language = language;
        this.decoder = decoder;
        this.dither = dither;
        this.events = events;
    }

    String id() {
        return id;
    }

    /** Tells whether anyone has been told of this item by a partial. */
    boolean isShown() {
        return shown;
    }

    void accept(short[] samples, int offset, int length) {
        int end = offset + length;
        for (int from = offset; from < end; ) {
            int count = Math.min(end - from, BLOCK - filled);
            System.arraycopy(samples, from, block, filled, count);
            filled += count;
            from += count;
            if (filled == BLOCK) {
                decodeBlock();
                show(decoder.partial());
                settleIfLong();
            }
        }
    }

    private void decodeBlock() {
        dither.apply(block, filled);
        decoder.accept(block, filled);
        decoded += filled;
        filled = 0;
    }

    private void show(String words) {
        if (!words.equals(hypothesis)) {
            hypothesis = words;
            changedAt = decoded;
        }
        confirmation.update(words, decoded);
        String newText = confirmation.text();
        String newStash = confirmation.stash();
        if (!newText.equals(text) || !newStash.equals(stash)) {
            text = newText;
            stash = newStash;
            shown = true;
            events.accept(new TranscriptionEvent.Partial(id, text, stash, language, null));
        }
    }

    private void settleIfLong() {
        long stretch = decoded - stretchStart;
        boolean quiet = decoded - changedAt >= QUIET_STRETCH;
        if (stretch >= LONGEST_STRETCH || (stretch >= LONG_STRETCH && quiet)) {
            decoder.settle();
            stretchStart = decoded;
        }
    }

    /** Decodes what is left, and returns the transcript. */
    String finish() {
        for (int blocks = 0; blocks <= TAIL_BLOCKS; blocks++) {
            Arrays.fill(block, filled, BLOCK, (short) 0);
            filled = BLOCK;
            decodeBlock();
        }
        return decoder.finish();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
