package io.qwenasr.reactor;

import static io.qwenasr.reactor.TestAudio.A_LAW;
import static io.qwenasr.reactor.TestAudio.FLOAT;
import static io.qwenasr.reactor.TestAudio.MP3;
import static io.qwenasr.reactor.TestAudio.MU_LAW;
import static io.qwenasr.reactor.TestAudio.PCM;
import static io.qwenasr.reactor.TestAudio.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFileFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class AudioSourcesFileTest {

    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    static Stream<Arguments> wavs() {
        return Stream.of(
                Arguments.of(PCM, 8, 1, 8_000, 0.01),
                Arguments.of(PCM, 16, 1, 8_000, 0.001),
                Arguments.of(PCM, 16, 1, 11_025, 0.001),
                Arguments.of(PCM, 16, 1, 16_000, 0.0001),
                Arguments.of(PCM, 8, 2, 22_050, 0.01),
                Arguments.of(PCM, 24, 1, 24_000, 0.001),
                Arguments.of(PCM, 16, 2, 32_000, 0.001),
                Arguments.of(PCM, 24, 2, 44_100, 0.001),
                Arguments.of(PCM, 32, 2, 48_000, 0.001),
                Arguments.of(PCM, 16, 6, 48_000, 0.001),
                Arguments.of(PCM, 24, 1, 96_000, 0.001),
                Arguments.of(FLOAT, 32, 2, 48_000, 0.001),
                Arguments.of(MU_LAW, 8, 1, 8_000, 0.02),
                Arguments.of(MU_LAW, 8, 2, 8_000, 0.02),
                Arguments.of(A_LAW, 8, 1, 8_000, 0.02),
                Arguments.of(A_LAW, 8, 2, 16_000, 0.02));
    }

    @ParameterizedTest
    @MethodSource("wavs")
    void wavsOfEveryCodingSoundTheSame(int tag, int bits, int channels, int rate, double tolerance) throws IOException {
        assertHearsTone(TestAudio.wav(tag, bits, channels, rate, rate / 2 + 7), rate, rate / 2 + 7, tolerance);
    }

    @ParameterizedTest
    @CsvSource({"16,1,8000", "16,2,44100", "24,1,48000"})
    void aiffAndAuAreRead(int bits, int channels, int rate) throws IOException {
        for (AudioFileFormat.Type type : List.of(AudioFileFormat.Type.AIFF, AudioFileFormat.Type.AU)) {
            byte[] bytes = TestAudio.bigEndian(type, bits, channels, rate, rate / 4);
            assertHearsTone(bytes, rate, rate / 4, 0.001);
        }
    }

    private void assertHearsTone(byte[] bytes, int rate, int frames, double tolerance) throws IOException {
        Path file = write(bytes);
        for (AudioFormat target : List.of(AudioFormat.PCM_16K, AudioFormat.PCM_8K)) {
            List<ByteBuffer> chunks = read(file, target);
            int to = target.sampleRate();

            short[] samples = TestAudio.shorts(chunks);
            assertThat(samples).hasSize((int) Math.round((double) frames * to / rate));
            // The ends are left out: there the tone starts and stops as no band-limited signal does.
            for (int i = to / 50; i < samples.length - to / 50; i++) {
                assertThat(samples[i] / 32768.0).as("sample %d", i).isCloseTo(TestAudio.tone(i, to), within(tolerance));
            }

            int chunkBytes = to / 10 * 2;
            assertThat(chunks.subList(0, chunks.size() - 1)).allMatch(chunk -> chunk.remaining() == chunkBytes);
            assertThat(chunks.get(chunks.size() - 1).remaining()).isBetween(2, chunkBytes);
            assertThat(chunks).allMatch(chunk -> chunk.hasArray() && !chunk.isDirect() && !chunk.isReadOnly());
        }
    }

    @Test
    void recordingThatBreaksOffIsReadAsFarAsItGoes() throws IOException {
        for (int cut : new int[] {46, 1_000, 9_999, 31_999}) {
            byte[] whole = TestAudio.wav(PCM, 16, 1, 16_000, 16_000);
            byte[] bytes = read(Arrays.copyOf(whole, cut));
            assertThat(bytes).isEqualTo(Arrays.copyOfRange(whole, 44, cut - cut % 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "36,0", "0xFFFFFFFF,0", "0xFFFFFFFF,0xFFFFFFFF", "0x7FFFFFFF,0x7FFFFFDB", "0x80000024,0x80000000"
    })
    void wavOfOpenLengthIsReadToItsEnd(String riffSize, String dataSize) throws IOException {
        byte[] data = TestAudio.samples(PCM, 16, 1, 16_000, 4_000, ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = TestAudio.wav(Long.decode(riffSize), Long.decode(dataSize), PCM, 16, 1, 16_000, data);
        assertThat(read(bytes)).isEqualTo(data);
    }

    @Test
    void chunksAroundTheSamplesAreNotHeard() throws IOException {
        byte[] plain = TestAudio.wav(PCM, 16, 1, 16_000, 1_000);
        byte[] list = ascii("LIST\6\0\0\0INFOab");
        byte[] around = new byte[plain.length + 2 * list.length];
        System.arraycopy(plain, 0, around, 0, 36);
        System.arraycopy(list, 0, around, 36, list.length);
        System.arraycopy(plain, 36, around, 36 + list.length, plain.length - 36);
        System.arraycopy(list, 0, around, plain.length + list.length, list.length);
        assertThat(read(around)).isEqualTo(Arrays.copyOfRange(plain, 44, plain.length));
    }

    @Test
    void namedPipeIsRead() throws Exception {
        Path pipe = folder.resolve("pipe");
        assumeTrue(makePipe(pipe), "no named pipes here");
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 30_000);
        Thread writer = new Thread(() -> {
            try {
                Files.write(pipe, wav);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        assertThat(TestAudio.join(read(pipe, AudioFormat.PCM_16K))).isEqualTo(Arrays.copyOfRange(wav, 44, wav.length));
        writer.join(BOUND.toMillis());
    }

    private static boolean makePipe(Path pipe) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void everyHeaderCutShortIsNamed() throws IOException {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 100);
        byte[] aiff = TestAudio.bigEndian(AudioFileFormat.Type.AIFF, 16, 1, 16_000, 100);
        byte[] au = TestAudio.bigEndian(AudioFileFormat.Type.AU, 16, 1, 16_000, 100);
        for (byte[] header : List.of(Arrays.copyOf(wav, 43), Arrays.copyOf(aiff, 53), Arrays.copyOf(au, 23))) {
            for (int length = 1; length <= header.length; length++) {
                AudioSourceException error = refused(Arrays.copyOf(header, length));
                assertThat(error.reason()).as("%d bytes", length).isEqualTo(Reason.TRUNCATED_HEADER);
            }
        }
    }

    @Test
    void withoutSamplesAFileIsEmpty() throws IOException {
        byte[] tail = ascii("LIST\6\0\0\0INFOab");
        assertThat(refused(new byte[0]).reason()).isEqualTo(Reason.EMPTY);
        assertThat(refused(TestAudio.wav(PCM, 16, 1, 16_000, 0)).reason()).isEqualTo(Reason.EMPTY);
        assertThat(refused(TestAudio.wav(36 + tail.length, 0, PCM, 16, 1, 16_000, tail))
                        .reason())
                .isEqualTo(Reason.EMPTY);
        assertThat(refused(Arrays.copyOf(TestAudio.wav(PCM, 16, 1, 16_000, 10), 44))
                        .reason())
                .isEqualTo(Reason.EMPTY);
    }

    @Test
    void whatIsNotAudioIsRefused() throws IOException {
        for (byte[] bytes : List.of(
                ascii("Dear diary, today I recorded nothing at all, but wrote these lines."),
                new byte[5_000],
                ascii("RIFF\0\0\1\0AVI LIST...................................."),
                ascii("x"))) {
            AudioSourceException error = refused(bytes);
            assertThat(error.reason()).isEqualTo(Reason.NOT_AUDIO);
            assertThat(error).hasMessageContaining("allowed are WAV, AIFF and AU");
        }
    }

    @Test
    void knownKindsThatCannotBeReadSaySo() throws IOException {
        assertThat(refused(TestAudio.wav(536, 500, MP3, 8, 1, 16_000, new byte[500]))
                        .reason())
                .isEqualTo(Reason.UNSUPPORTED);
        assertThat(refused(TestAudio.wav(PCM, 16, 1, 4_000, 500)))
                .hasMessageContaining("sample rate of 4000 Hz")
                .hasMessageContaining("8000 to 192000");
        assertThat(refused(TestAudio.wav(PCM, 16, 1, 0, 500)).reason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(refused(TestAudio.wav(PCM, 8, 65, 8_000, 500)))
                .hasMessageContaining("number of channels, 65")
                .hasMessageContaining("64");
    }

    @Test
    void missingFilesAndDirectoriesAreNamed() {
        AudioSourceException missing = refused(folder.resolve("no\nsuch.wav"));
        assertThat(missing.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(missing).hasMessage("no such file: " + folder + "/no?such.wav");
        assertThat(refused(folder).reason()).isEqualTo(Reason.NOT_A_FILE);
    }

    @Test
    void refusedAccessIsNamed() {
        AudioSourceException error =
                new AudioFileSource(Path.of("x.wav"), SampleDecoder.ALL).failure(new AccessDeniedException("x.wav"));
        assertThat(error.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(error).hasMessage("cannot read x.wav: no permission");
    }

    @Test
    void fileWithoutPermissionIsUnreadable() throws IOException {
        Path file = write(TestAudio.wav(PCM, 16, 1, 16_000, 100));
        assumeTrue(file.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "runs as root");
        assertThat(refused(file).reason()).isEqualTo(Reason.UNREADABLE);
    }

    @Test
    void damagedHeadersGiveAudioOrATypedError() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> files = List.of(
                TestAudio.wav(PCM, 16, 2, 16_000, 400),
                TestAudio.wav(MU_LAW, 8, 1, 8_000, 400),
                TestAudio.bigEndian(AudioFileFormat.Type.AIFF, 24, 1, 44_100, 400),
                TestAudio.bigEndian(AudioFileFormat.Type.AU, 16, 1, 22_050, 400));
        int read = 0;
        for (int round = 0; round < 400; round++) {
            byte[] bytes = files.get(round % files.size()).clone();
            for (int damage = random.nextInt(3); damage >= 0; damage--) {
                bytes[random.nextInt(60)] = (byte) random.nextInt(256);
            }
            Throwable error = AudioSources.file(write(bytes), AudioFormat.PCM_16K, Pacing.none())
                    .then()
                    .materialize()
                    .block(BOUND)
                    .getThrowable();
            read += error == null ? 1 : 0;
            assertThat(error == null || error instanceof AudioSourceException)
                    .as("seed %d, round %d: %s", seed, round, error)
                    .isTrue();
        }
        System.out.println(read + " of 400 damaged files still gave audio");
        assertThat(read).isBetween(1, 399);
    }

    @Test
    void eachRequestBringsOneChunkAndTheLastBringsTheEnd() throws IOException {
        Path file = write(TestAudio.wav(PCM, 16, 1, 16_000, 4_800));
        StepVerifier.create(AudioSources.file(file, AudioFormat.PCM_16K, Pacing.none()), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(1)
                .expectNextCount(1)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void fileComesInRealTimeUnlessToldOtherwise() throws IOException {
        Path file = write(TestAudio.wav(PCM, 16, 2, 16_000, 16_000));
        for (int mixed : new int[] {1, 0}) {
            StepVerifier.withVirtualTime(() -> mixed == 1
                            ? AudioSources.file(file, AudioFormat.PCM_16K)
                            : AudioSources.file(file, AudioFormat.PCM_16K, 1))
                    .expectSubscription()
                    .thenAwait(Duration.ZERO)
                    .expectNextCount(2)
                    .expectNoEvent(Duration.ofMillis(99))
                    .thenAwait(Duration.ofMillis(1))
                    .expectNextCount(1)
                    .thenAwait(Duration.ofMillis(700))
                    .expectNextCount(7)
                    .expectComplete()
                    .verify(BOUND);
        }
    }

    @Test
    void everySubscriptionReadsFromTheStart() throws IOException {
        Flux<ByteBuffer> audio =
                AudioSources.file(write(TestAudio.wav(PCM, 16, 1, 22_050, 5_000)), AudioFormat.PCM_16K, Pacing.none());
        byte[] first = TestAudio.join(audio.collectList().block(BOUND));
        assertThat(TestAudio.join(audio.collectList().block(BOUND))).isEqualTo(first);
    }

    @Test
    void missingFileIsToldWithoutDemand() {
        StepVerifier.create(AudioSources.file(folder.resolve("none.wav"), AudioFormat.PCM_16K, Pacing.none()), 0)
                .expectError(AudioSourceException.class)
                .verify(BOUND);
    }

    @Test
    void whatIsNoAudioIsToldWithoutDemand() throws IOException {
        StepVerifier.create(
                        AudioSources.file(write(ascii("not audio, but text")), AudioFormat.PCM_16K, Pacing.none()), 0)
                .expectErrorMatches(
                        error -> error instanceof AudioSourceException audio && audio.reason() == Reason.NOT_AUDIO)
                .verify(BOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete", "cancel", "cancel without demand", "error"})
    void fileIsClosed(String ending) throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        Path file = write(ending.equals("error") ? ascii("not audio") : TestAudio.wav(PCM, 16, 1, 16_000, 16_000));
        Flux<ByteBuffer> audio = AudioSources.file(file, AudioFormat.PCM_16K, Pacing.none());
        switch (ending) {
            case "complete" -> audio.blockLast(BOUND);
            case "cancel" ->
                StepVerifier.create(audio, 1)
                        .expectNextCount(1)
                        .then(() -> assertThat(isOpen(file)).isTrue())
                        .thenCancel()
                        .verify(BOUND);
            case "cancel without demand" ->
                StepVerifier.create(audio, 0)
                        .expectSubscription()
                        .then(() -> await(() -> isOpen(file)))
                        .thenCancel()
                        .verify(BOUND);
            default -> {
                refused(file);
                // At once: given time, the garbage collector would close it, too.
                assertThat(isOpen(file)).isFalse();
            }
        }
        await(() -> !isOpen(file));
    }

    @Test
    void onlyPcmIsATarget() {
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThatIllegalArgumentException().isThrownBy(() -> AudioSources.file(folder, opus, Pacing.none()));
    }

    private static boolean isOpen(Path file) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).equals(file);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("audio"), bytes).toRealPath();
    }

    private byte[] read(byte[] bytes) throws IOException {
        return TestAudio.join(read(write(bytes), AudioFormat.PCM_16K));
    }

    private static List<ByteBuffer> read(Path file, AudioFormat target) {
        return AudioSources.file(file, target, Pacing.none()).collectList().block(BOUND);
    }

    private AudioSourceException refused(byte[] bytes) throws IOException {
        return refused(write(bytes));
    }

    private static AudioSourceException refused(Path file) {
        AudioSourceException error = catchThrowableOfType(
                AudioSourceException.class,
                () -> AudioSources.file(file, AudioFormat.PCM_16K, Pacing.none())
                        .blockLast(BOUND));
        assertThat(error).isNotNull();
        assertThat(error.getMessage())
                .doesNotContain("\n")
                .contains(file.getFileName().toString().replace('\n', '?'));
        return error;
    }
}
