package io.qwenasr.reactor.captions;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A file as a sink of text. */
final class TextFile {

    private static final String PART = ".part";

    private TextFile() {}

    static Mono<Void> growing(Flux<String> texts, Path file) {
        return Mono.usingWhen(
                blocking(() -> Files.newOutputStream(file)).cast(OutputStream.class),
                out -> write(texts, out),
                out -> blocking(() -> close(out)));
    }

    static Mono<Void> whole(Flux<String> texts, Path file) {
        Path part = file.resolveSibling(file.getFileName() + PART);
        return Mono.usingWhen(
                        Mono.just(part),
                        path -> growing(texts, path).then(blocking(() -> move(path, file))),
                        path -> blocking(() -> Files.deleteIfExists(path)))
                .then();
    }

    private static Mono<Void> write(Flux<String> texts, OutputStream out) {
        return texts.publishOn(Schedulers.boundedElastic(), 1)
                .doOnNext(text -> unchecked(() -> {
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                    return text;
                }))
                .then();
    }

    private static OutputStream close(OutputStream out) throws IOException {
        out.close();
        return out;
    }

    private static Path move(Path from, Path to) throws IOException {
        return Files.move(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static <T> Mono<T> blocking(Call<T> call) {
        return Mono.fromCallable(() -> unchecked(call)).subscribeOn(Schedulers.boundedElastic());
    }

    private static <T> T unchecked(Call<T> call) {
        try {
            return call.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Call<T> {
        T run() throws IOException;
    }
}
