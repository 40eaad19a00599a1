package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.util.List;

/** Prints what a session tells, in one of the formats. */
interface Results {

    /** What can be asked for. */
    enum Format {
        text,
        jsonl
    }

    void accept(TranscriptionEvent event);

    /** Prints what is left; called however the session ended. */
    void end();

    static Results of(Format format, Output out) {
        return switch (format) {
            case text -> new TextResults(out);
            case jsonl -> new JsonResults(out);
        };
    }

    /** One line for each utterance that has words, in the order of speech. */
    final class TextResults implements Results {
        private final Output out;
        private final ItemOrder order = new ItemOrder();

        TextResults(Output out) {
            this.out = out;
        }

        @Override
        public void accept(TranscriptionEvent event) {
            print(order.accept(event));
        }

        @Override
        public void end() {
            print(order.rest());
        }

        private void print(List<TranscriptionEvent> ends) {
            for (TranscriptionEvent end : ends) {
                if (end instanceof Final f && !f.transcript().isBlank()) {
                    out.line(Text.oneLine(f.transcript()));
                }
            }
        }
    }

    /** Every event as it comes. */
    final class JsonResults implements Results {
        private final Output out;
        private final JsonLines json = new JsonLines();

        JsonResults(Output out) {
            this.out = out;
        }

        @Override
        public void accept(TranscriptionEvent event) {
            out.line(json.line(event));
        }

        @Override
        public void end() {}
    }
}
