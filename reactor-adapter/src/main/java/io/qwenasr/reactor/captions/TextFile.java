package io.qwenasr.reactor.captions;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A file as a sink of text.
 *
 * <p>All is done by one thread in its order: what is to be cleaned up after a cancel is done with by then.
 */
final class TextFile {

    private static final String PART = ".part";

    private final Path written;
    private final Path file;
    private final Scheduler thread = Schedulers.single(Schedulers.boundedElastic());
    private @Nullable OutputStream out;

    private TextFile(Path written, Path file) {
        this.written = written;
        this.file = file;
    }

    static Mono<Void> growing(Flux<String> texts, Path file) {
        return write(texts, file, file);
    }

    static Mono<Void> whole(Flux<String> texts, Path file) {
        return write(texts, file.resolveSibling(file.getFileName() + PART), file);
    }

    private static Mono<Void> write(Flux<String> texts, Path written, Path file) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new TextFile(written, file)),
                sink -> sink.write(texts),
                TextFile::release,
                TextFile::discard,
                sink -> sink.blocking(sink::remove).then(sink.release()));
    }

    private Mono<Void> write(Flux<String> texts) {
        return blocking(() -> out = Files.newOutputStream(written))
                .thenMany(texts.materialize().concatMap(this::write, 0))
                .then(blocking(this::complete));
    }

    /** An error has its turn behind the texts before it. */
    private Mono<Void> write(Signal<String> signal) {
        if (signal.getThrowable() != null) {
            return Mono.error(signal.getThrowable());
        }
        String text = signal.get();
        return text == null ? Mono.empty() : blocking(() -> append(text));
    }

    private Mono<Void> release() {
        return Mono.fromRunnable(thread::dispose);
    }

    /** What went wrong is told by the error that ended the text, whatever the cleaning up comes to. */
    private Mono<Void> discard(Throwable error) {
        return blocking(this::remove)
                .onErrorResume(another -> {
                    error.addSuppressed(another);
                    return Mono.empty();
                })
                .then(release());
    }

    private void append(String text) throws IOException {
        if (out != null) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void close() throws IOException {
        if (out != null) {
            out.close();
        }
    }

    private void complete() throws IOException {
        close();
        if (!written.equals(file)) {
            Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void remove() throws IOException {
        close();
        if (!written.equals(file)) {
            Files.deleteIfExists(written);
        }
    }

    private Mono<Void> blocking(Call call) {
        return Mono.<Void>fromRunnable(() -> unchecked(call)).subscribeOn(thread);
    }

    private static void unchecked(Call call) {
        try {
            call.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Call {
        void run() throws IOException;
    }
}
