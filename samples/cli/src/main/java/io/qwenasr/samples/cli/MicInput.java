package io.qwenasr.samples.cli;

import io.qwenasr.reactor.AudioSourceException;
import io.qwenasr.reactor.AudioSourceException.Reason;
import io.qwenasr.reactor.AudioSources;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Audio in the place of a microphone: files and pipes, with a header or raw. */
final class MicInput {

    private static final int DEFAULT_RATE = 16_000;
    private static final int MAGIC_BYTES = 4;

    /** What files begin with that can be read, and that of some that can only be refused. */
    private static final Set<String> MAGIC = Set.of("RIFF", "FORM", ".snd", "RIFX", "RF64", "BW64");

    private MicInput() {}

    /** Raw if a rate is named or the file's name says so. */
    static AudioInput file(Path file, @Nullable Integer rate) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (rate == null && !name.endsWith(".pcm") && !name.endsWith(".raw")) {
            return AudioInput.file(file);
        }
        if (!Files.exists(file)) {
            throw new CommandFailure(ExitCode.FILE_NOT_FOUND, "no such file: " + file);
        }
        AudioInput whole = AudioInput.file(file);
        return new AudioInput(whole.name(), raw(() -> Files.newInputStream(file), rate), whole.rereadable());
    }

    /** Raw if a rate is named, or if it does not begin as files do. */
    static AudioInput standardInput(InputStream in, @Nullable Integer rate) {
        Flux<ByteBuffer> audio = rate != null
                ? raw(() -> in, rate)
                : Flux.defer(() -> told(new PushbackInputStream(in, MAGIC_BYTES)))
                        .subscribeOn(Schedulers.boundedElastic());
        return new AudioInput("standard input", audio, false);
    }

    private static Flux<ByteBuffer> told(PushbackInputStream in) {
        try {
            byte[] begin = in.readNBytes(MAGIC_BYTES);
            in.unread(begin);
            return MAGIC.contains(new String(begin, StandardCharsets.ISO_8859_1))
                    ? AudioSources.stream(() -> in, AudioInput.FORMAT)
                    : raw(() -> in, null);
        } catch (IOException e) {
            return Flux.error(
                    new AudioSourceException(Reason.UNREADABLE, "cannot read standard input: " + e.getMessage(), e));
        }
    }

    private static Flux<ByteBuffer> raw(Callable<InputStream> in, @Nullable Integer rate) {
        return AudioSources.raw(in, rate == null ? DEFAULT_RATE : rate, AudioInput.FORMAT);
    }
}
