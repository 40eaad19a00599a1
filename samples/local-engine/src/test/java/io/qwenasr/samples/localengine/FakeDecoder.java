package io.qwenasr.samples.localengine;

import java.util.ArrayList;
import java.util.List;

/** Understands a word for each block: its number. */
final class FakeDecoder implements Decoder {

    final List<Integer> blocks = new ArrayList<>();
    int settled;
    boolean closed;

    @Override
    public void accept(short[] samples, int length) {
        if (closed) {
            throw new IllegalStateException("decoding after close");
        }
        blocks.add(length);
    }

    @Override
    public String partial() {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < blocks.size(); i++) {
            words.append(i == 0 ? "" : " ").append(i);
        }
        return words.toString();
    }

    @Override
    public void settle() {
        settled++;
    }

    @Override
    public String finish() {
        return "final of " + blocks.size();
    }

    @Override
    public void close() {
        closed = true;
    }
}
