package io.qwenasr.samples.cli;

import java.util.function.Consumer;

/** Shows how far a batch is. Safe for use by several threads. */
interface Progress extends AutoCloseable {

    void begins(FileProgress file);

    /** Takes the file's bar away and tells what came of it; the counts are those after it. */
    void ends(FileProgress file, String counts, String line);

    void say(String line);

    /** Takes all bars away. */
    @Override
    void close();

    /** For files, pipes and logs: a line for each file that has ended. */
    record Lines(Consumer<String> out) implements Progress {
        @Override
        public void begins(FileProgress file) {}

        @Override
        public void ends(FileProgress file, String counts, String line) {
            out.accept(line);
        }

        @Override
        public void say(String line) {
            out.accept(line);
        }

        @Override
        public void close() {}
    }
}
