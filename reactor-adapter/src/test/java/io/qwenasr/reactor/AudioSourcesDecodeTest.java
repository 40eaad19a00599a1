package io.qwenasr.reactor;

import static io.qwenasr.reactor.TestAudio.A_LAW;
import static io.qwenasr.reactor.TestAudio.FLOAT;
import static io.qwenasr.reactor.TestAudio.MU_LAW;
import static io.qwenasr.reactor.TestAudio.PCM;
import static io.qwenasr.reactor.TestAudio.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.Unpooled;
import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sound.sampled.AudioFileFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Files that arrive piece by piece. */
class AudioSourcesDecodeTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final AudioFormat TARGET = AudioFormat.PCM_16K;
    private static final int HEADER = 44;

    @TempDir
    private Path folder;

    private static Flux<ByteBuffer> pieces(byte[] bytes, int... sizes) {
        List<ByteBuffer> pieces = new ArrayList<>();
        int at = 0;
        for (int size : sizes) {
            pieces.add(ByteBuffer.wrap(bytes, at, size));
            at += size;
        }
        if (at < bytes.length) {
            pieces.add(ByteBuffer.wrap(bytes, at, bytes.length - at));
        }
        return Flux.fromIterable(pieces);
    }

    private static byte[] decode(Flux<ByteBuffer> file) {
        return TestAudio.join(AudioSources.decode(file, TARGET).collectList().block(BOUND));
    }

    /** The same bytes give the same chunks however they are cut, requested and read. */
    @Test
    void cutsHaveNoInfluence() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> files = List.of(
                TestAudio.wav(PCM, 16, 1, 16_000, 2_000),
                TestAudio.wav(PCM, 8, 3, 11_025, 2_500),
                TestAudio.wav(PCM, 24, 2, 44_100, 5_007),
                TestAudio.wav(FLOAT, 32, 2, 48_000, 5_999),
                TestAudio.wav(MU_LAW, 8, 2, 8_000, 1_001),
                TestAudio.wav(A_LAW, 8, 1, 8_000, 1_000),
                TestAudio.extensibleWav(PCM, 16, 1, 22_050, new byte[7_777]),
                TestAudio.bigEndian(AudioFileFormat.Type.AIFF, 16, 2, 32_000, 3_300),
                TestAudio.bigEndian(AudioFileFormat.Type.AU, 24, 1, 96_000, 10_007),
                TestAudio.aifc(
                        "sowt", 16, 2, 16_000, TestAudio.samples(PCM, 16, 2, 16_000, 1_700, ByteOrder.LITTLE_ENDIAN)),
                openLength(TestAudio.wav(PCM, 16, 2, 24_000, 3_000)));
        for (byte[] bytes : files) {
            AudioFormat target = random.nextBoolean() ? AudioFormat.PCM_8K : AudioFormat.PCM_16K;
            Path file = Files.write(folder.resolve("audio"), bytes);
            List<ByteBuffer> whole = AudioSources.decode(Flux.just(ByteBuffer.wrap(bytes)), target)
                    .collectList()
                    .block(BOUND);
            assertThat(whole).as("seed %d", seed).hasSizeGreaterThan(1);
            assertThat(AudioSources.file(file, target, Pacing.none())
                            .collectList()
                            .block(BOUND))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
            for (int most : new int[] {1, 2, 7, 61, 333, 5_000, 100_000}) {
                Flux<ByteBuffer> cut = Signals.randomChunks(bytes, most, random);
                int rate = 1 + random.nextInt(4);
                assertThat(AudioSources.decode(cut, target)
                                .limitRate(rate)
                                .collectList()
                                .block(BOUND))
                        .as("seed %d, at most %d bytes", seed, most)
                        .isEqualTo(whole);
                ByteArrayInputStream dribble = new ByteArrayInputStream(bytes) {
                    @Override
                    public synchronized int read(byte[] buffer, int offset, int length) {
                        return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(most)));
                    }
                };
                assertThat(AudioSources.stream(() -> dribble, target)
                                .collectList()
                                .block(BOUND))
                        .as("seed %d, stream of at most %d bytes", seed, most)
                        .isEqualTo(whole);
            }
        }
    }

    private static byte[] openLength(byte[] wav) {
        byte[] open = wav.clone();
        ByteBuffer.wrap(open).putInt(4, -1).putInt(HEADER - 4, -1);
        return open;
    }

    @Test
    void headerMayBeSplitAnywhere() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 100);
        byte[] samples = Arrays.copyOfRange(wav, HEADER, wav.length);
        for (int cut = 1; cut < wav.length; cut++) {
            assertThat(decode(pieces(wav, cut))).as("cut at %d", cut).isEqualTo(samples);
        }
    }

    @Test
    void largeChunksBeforeTheSamplesAreSkipped() throws IOException {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 1_000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(wav, 0, 36);
        bytes.writeBytes(ascii("LIST"));
        bytes.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(300_001)
                .array());
        bytes.writeBytes(new byte[300_002]);
        bytes.write(wav, 36, wav.length - 36);
        byte[] expected = Arrays.copyOfRange(wav, HEADER, wav.length);
        assertThat(decode(pieces(bytes.toByteArray(), 20, 100_000, 100_000))).isEqualTo(expected);
        Path file = Files.write(folder.resolve("audio"), bytes.toByteArray());
        assertThat(TestAudio.join(AudioSources.file(file, TARGET, Pacing.none())
                        .collectList()
                        .block(BOUND)))
                .isEqualTo(expected);
    }

    @Test
    void demandIsExact() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 4_000);
        List<Long> requests = new ArrayList<>();
        Flux<ByteBuffer> upload = pieces(wav, 10, 20, 2_014, 1_199, 1, 2_000).doOnRequest(requests::add);
        StepVerifier.create(AudioSources.decode(upload, TARGET).map(ByteBuffer::remaining), 0)
                .expectSubscription()
                .then(() -> assertThat(requests).isEmpty())
                .thenRequest(1)
                .expectNext(3_200)
                .as("the header, and no byte more than a chunk needs")
                .then(() -> assertThat(requests).containsExactly(1L, 1L, 1L, 1L, 1L))
                .thenRequest(1)
                .expectNext(3_200)
                .then(() -> assertThat(requests).hasSize(7))
                .thenRequest(1)
                .as("what a buffer held is given out without asking for another")
                .expectNext(1_600)
                .expectComplete()
                .verify(BOUND);
        assertThat(requests).hasSize(7).containsOnly(1L);
    }

    @Test
    void nothingIsKeptOrMovedOfTheCallersBuffers() {
        byte[] wav = TestAudio.wav(PCM, 16, 2, 16_000, 4_001);
        List<ByteBuffer> given = new ArrayList<>();
        List<ByteBuffer> chunks = AudioSources.decode(
                        pieces(wav, 45, 3, 7_000, 5)
                                .map(piece -> ByteBuffer.allocateDirect(piece.remaining() + 7)
                                        .position(7)
                                        .put(piece)
                                        .position(7))
                                .map(piece -> piece.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN))
                                .doOnNext(given::add),
                        TARGET)
                .collectList()
                .block(BOUND);
        assertThat(given).hasSize(5).allMatch(buffer -> buffer.position() == 0);
        assertThat(TestAudio.join(chunks)).isEqualTo(decode(pieces(wav)));
        assertThat(chunks).allMatch(chunk -> chunk.hasArray() && !chunk.isReadOnly());
        assertThat(chunks.stream().map(ByteBuffer::array).distinct()).hasSameSizeAs(chunks);
    }

    @Test
    void endOfTheSamplesEndsTheAudio() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 2_000);
        TestPublisher<ByteBuffer> upload = TestPublisher.create();
        StepVerifier.create(AudioSources.decode(upload.flux(), TARGET).map(ByteBuffer::remaining), 2)
                .then(() -> upload.next(ByteBuffer.wrap(wav, 0, wav.length - 1)))
                .expectNext(3_200)
                .then(() -> upload.next(
                        ByteBuffer.wrap(new byte[] {wav[wav.length - 1], 'L', 'I', 'S', 'T', 4, 0, 0, 0, 1, 2, 3, 4})))
                .expectNext(800)
                .expectComplete()
                .verify(BOUND);
        upload.assertCancelled();
    }

    @Test
    void lastSamplesNeedNoFurtherRequestToEnd() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 44_100, 4_410);
        StepVerifier.create(AudioSources.decode(pieces(wav), TARGET).map(ByteBuffer::remaining), 1)
                .expectNext(3_200)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void uploadThatBreaksOffIsHeardAsFarAsItGoes() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 8_000);
        for (int cut : new int[] {46, 1_000, 9_999}) {
            assertThat(decode(pieces(Arrays.copyOf(wav, cut), 30)))
                    .isEqualTo(Arrays.copyOfRange(wav, HEADER, cut - cut % 2));
        }
    }

    @Test
    void openLengthGoesOnToTheEnd() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 3_000);
        byte[] au = TestAudio.au(3, 1, 16_000, new byte[600]);
        byte[] aifc = TestAudio.aifc("twos", 16, 1, 16_000, new byte[600]);
        assertThat(decode(pieces(openLength(wav), 100))).isEqualTo(Arrays.copyOfRange(wav, HEADER, wav.length));
        for (int size : new int[] {0, -1}) {
            ByteBuffer.wrap(au).putInt(8, size);
            assertThat(decode(pieces(au, 40))).hasSize(600);
            ByteBuffer.wrap(aifc).putInt(4, size).putInt(48, size);
            assertThat(decode(pieces(aifc, 70))).hasSize(600);
        }
    }

    @Test
    void everyUploadThatEndsInItsHeaderIsNamed() {
        for (byte[] header : List.of(
                Arrays.copyOf(TestAudio.wav(PCM, 16, 1, 16_000, 9), 43),
                Arrays.copyOf(TestAudio.bigEndian(AudioFileFormat.Type.AIFF, 16, 1, 16_000, 9), 53),
                Arrays.copyOf(TestAudio.aifc("sowt", 16, 1, 16_000, new byte[20]), 59),
                Arrays.copyOf(TestAudio.au(3, 1, 16_000, new byte[20]), 31))) {
            for (int length = 1; length <= header.length; length++) {
                AudioSourceException error = refused(pieces(Arrays.copyOf(header, length), length / 2));
                assertThat(error.reason()).as("%d bytes", length).isEqualTo(Reason.TRUNCATED_HEADER);
                assertThat(error).hasMessageStartingWith("the stream ends inside its ");
            }
        }
    }

    @Test
    void withoutSamplesAnUploadIsEmpty() {
        for (Flux<ByteBuffer> nothing : List.<Flux<ByteBuffer>>of(
                Flux.empty(),
                Flux.just(ByteBuffer.allocate(0)),
                pieces(TestAudio.wav(PCM, 16, 1, 16_000, 0)),
                pieces(Arrays.copyOf(TestAudio.wav(PCM, 16, 2, 16_000, 9), 47)),
                pieces(TestAudio.wav(38 + 36, 0, PCM, 16, 1, 16_000, new byte[38])))) {
            AudioSourceException error = refused(nothing);
            assertThat(error.reason()).isEqualTo(Reason.EMPTY);
            assertThat(error).hasMessageStartingWith("the stream ");
        }
    }

    @Test
    void whatIsNotAudioIsRefusedAtOnce() {
        TestPublisher<ByteBuffer> upload = TestPublisher.create();
        StepVerifier.create(AudioSources.decode(upload.flux(), TARGET))
                .then(() -> upload.next(ByteBuffer.wrap(ascii("Dear diary,"))))
                .then(() -> upload.next(ByteBuffer.wrap(ascii(" "))))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(AudioSourceException.class)
                        .hasMessageStartingWith("the stream is not an audio file; allowed are WAV, AIFF and AU")
                        .extracting(e -> ((AudioSourceException) e).reason())
                        .isEqualTo(Reason.NOT_AUDIO))
                .verify(BOUND);
        upload.assertCancelled();
        assertThat(refused(Flux.just(ByteBuffer.wrap(ascii("x")))).reason()).isEqualTo(Reason.NOT_AUDIO);
    }

    @Test
    void kindsThatCannotBeReadSayWhich() {
        for (String kind : List.of("RF64", "BW64")) {
            byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 500);
            System.arraycopy(ascii(kind), 0, wav, 0, 4);
            assertUnsupported(wav, "its kind of WAV, " + kind + ", cannot be read; allowed are");
        }
        assertUnsupported(TestAudio.wav(PCM, 16, 1, 7_999, 500), "sample rate of 7999 Hz", "8000 to 192000");
        assertUnsupported(TestAudio.aifc("NONE", 16, 1, 192_001, new byte[9]), "sample rate of 192001 Hz");
        assertUnsupported(TestAudio.wav(PCM, 8, 65, 8_000, 500), "number of channels, 65", "at most 64");
        assertUnsupported(TestAudio.au(3, 0, 16_000, new byte[9]), "number of channels, 0");
        assertUnsupported(TestAudio.wav(TestAudio.MP3, 0, 1, 16_000, new byte[9]), "WAV format 0x0055 with 0 bits");
        assertUnsupported(TestAudio.wav(PCM, 40, 1, 16_000, new byte[9]), "WAV format 0x0001 with 40 bits");
        assertUnsupported(TestAudio.wav(FLOAT, 16, 1, 16_000, new byte[9]), "WAV format 0x0003 with 16 bits");
        assertUnsupported(TestAudio.aifc("ima4", 16, 1, 16_000, new byte[9]), "AIFF-C ima4");
        assertUnsupported(TestAudio.aifc("sowt", 33, 1, 16_000, new byte[9]), "number of bits, 33");
        assertUnsupported(TestAudio.au(23, 1, 16_000, new byte[9]), "AU encoding 23");

        byte[] ambisonic = TestAudio.extensibleWav(PCM, 16, 4, 16_000, new byte[16]);
        ambisonic[48] = 0x21;
        ambisonic[49] = 0x07;
        assertUnsupported(ambisonic, "WAV subformat");
        byte[] upsideDown = TestAudio.wav(PCM, 16, 1, 16_000, 500);
        System.arraycopy(ascii("data"), 0, upsideDown, 12, 4);
        assertUnsupported(upsideDown, "samples before their format");
        byte[] short4 = TestAudio.wav(PCM, 16, 1, 16_000, 500);
        short4[16] = 4;
        assertUnsupported(short4, "format chunk of 4 bytes");
        byte[] noOffset = TestAudio.au(3, 1, 16_000, new byte[9]);
        noOffset[7] = 8;
        assertUnsupported(noOffset, "header length of 8 bytes");
    }

    private static void assertUnsupported(byte[] bytes, String... message) {
        AudioSourceException error = refused(pieces(bytes, 13));
        assertThat(error.reason()).isEqualTo(Reason.UNSUPPORTED);
        assertThat(error).hasMessageContainingAll(message);
    }

    @Test
    void damagedUploadsGiveAudioOrATypedError() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<byte[]> files = List.of(
                TestAudio.extensibleWav(PCM, 24, 2, 16_000, new byte[600]),
                TestAudio.aifc("sowt", 16, 1, 44_100, new byte[900]),
                TestAudio.au(1, 1, 8_000, new byte[900]));
        int heard = 0;
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = files.get(round % files.size()).clone();
            for (int damage = random.nextInt(3); damage >= 0; damage--) {
                bytes[random.nextInt(70)] = (byte) random.nextInt(256);
            }
            Throwable error = catchThrowable(() -> decode(Signals.randomChunks(bytes, 300, random)));
            heard += error == null ? 1 : 0;
            assertThat(error == null || error instanceof AudioSourceException)
                    .as("seed %d, round %d: %s", seed, round, error)
                    .isTrue();
        }
        System.out.println(heard + " of 1000 damaged uploads still gave audio");
        assertThat(heard).isBetween(1, 999);
    }

    @Test
    void errorOfTheSourceComesAfterTheWholeChunksBeforeIt() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 16_000);
        Flux<ByteBuffer> broken =
                pieces(Arrays.copyOf(wav, HEADER + 7_000)).concatWith(Mono.error(new IOException("reset")));
        StepVerifier.create(AudioSources.decode(broken, TARGET).map(ByteBuffer::remaining), 1)
                .expectNext(3_200)
                .thenRequest(1)
                .expectNext(3_200)
                .thenRequest(1)
                .expectErrorMessage("reset")
                .verify(BOUND);
        StepVerifier.create(AudioSources.decode(Flux.error(new IOException("refused")), TARGET), 0)
                .expectErrorMessage("refused")
                .verify(BOUND);
    }

    @Test
    void sourceThatDoesNotWaitFails() {
        TestPublisher<ByteBuffer> upload = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 16_000);
        StepVerifier.create(AudioSources.decode(upload.flux(), TARGET), 1)
                .then(() -> upload.next(ByteBuffer.wrap(wav, 0, 4_000)))
                .expectNextCount(1)
                .then(() -> upload.next(ByteBuffer.wrap(wav, 4_000, 4_000)))
                .expectErrorMatches(Exceptions::isOverflow)
                .verify(BOUND);
        upload.assertCancelled();
    }

    @Test
    void cancelStopsTheSource() {
        TestPublisher<ByteBuffer> upload = TestPublisher.create();
        StepVerifier.create(AudioSources.decode(upload.flux(), TARGET))
                .then(() -> upload.next(ByteBuffer.wrap(TestAudio.wav(PCM, 16, 1, 16_000, 2_000), 0, 1_000)))
                .thenCancel()
                .verify(BOUND);
        upload.assertCancelled();
    }

    @Test
    void badRequestIsAnErrorEvenWhileABufferIsAwaited() {
        TestPublisher<ByteBuffer> upload = TestPublisher.create();
        List<Throwable> errors = new ArrayList<>();
        BaseSubscriber<ByteBuffer> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
                subscription.request(0);
            }

            @Override
            protected void hookOnError(Throwable error) {
                errors.add(error);
            }
        };
        AudioSources.decode(upload.flux(), TARGET).subscribe(subscriber);
        assertThat(errors).singleElement().isInstanceOf(IllegalArgumentException.class);
        upload.assertCancelled();
    }

    @Test
    void badRequestIsAnErrorEvenAfterTheSourceHasEnded() {
        List<Throwable> errors = new ArrayList<>();
        BaseSubscriber<ByteBuffer> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
                subscription.request(0);
            }

            @Override
            protected void hookOnError(Throwable error) {
                errors.add(error);
            }
        };
        AudioSources.decode(Flux.just(ByteBuffer.wrap(TestAudio.wav(PCM, 16, 1, 16_000, 16_000))), TARGET)
                .subscribe(subscriber);
        assertThat(errors).singleElement().isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void badRequestAfterCancellingMeansNothing() {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            AudioSources.decode(TestPublisher.<ByteBuffer>create().flux(), TARGET)
                    .subscribe(new BaseSubscriber<>() {
                        @Override
                        protected void hookOnSubscribe(Subscription subscription) {
                            subscription.cancel();
                            subscription.request(0);
                        }

                        @Override
                        protected void hookOnError(Throwable error) {
                            dropped.add(error);
                        }
                    });
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).isEmpty();
    }

    @Test
    void threadsOfSourceAndSubscriberMayDiffer() {
        byte[] wav = TestAudio.wav(PCM, 24, 2, 44_100, 44_100);
        byte[] expected = decode(pieces(wav));
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            int[] sizes = random.ints(200, 0, 1_300).toArray();
            Flux<ByteBuffer> upload = pieces(wav, sizes).publishOn(Schedulers.parallel(), 1);
            List<ByteBuffer> chunks = AudioSources.decode(upload, TARGET)
                    .publishOn(Schedulers.parallel(), 1 + round % 3)
                    .collectList()
                    .block(BOUND);
            assertThat(TestAudio.join(chunks)).as("round %d", round).isEqualTo(expected);
        }
    }

    @Test
    void contextReachesTheSource() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 2_000);
        Flux<ByteBuffer> upload = Flux.deferContextual(context -> pieces(wav, context.<Integer>get("cut")));
        assertThat(AudioSources.decode(upload, TARGET)
                        .contextWrite(context -> context.put("cut", 100))
                        .count()
                        .block(BOUND))
                .isEqualTo(2);
    }

    /** Body and response of a real server, with something after the samples. */
    @Test
    void httpUploadIsDecodedWhileItComes() {
        byte[] wav = TestAudio.wav(PCM, 16, 1, 16_000, 200_000);
        byte[] upload = Arrays.copyOf(wav, wav.length + 2_000);
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.post("/", (request, response) -> {
                    Flux<ByteBuffer> body = request.receive().asByteArray().map(ByteBuffer::wrap);
                    return response.sendString(AudioSources.decode(body, TARGET)
                            .map(ByteBuffer::remaining)
                            .reduce(0, Integer::sum)
                            .map(String::valueOf));
                }))
                .bindNow(BOUND);
        try {
            HttpClient client = HttpClient.create().port(server.port()).host("127.0.0.1");
            for (int round = 0; round < 3; round++) {
                String answer = client.post()
                        .uri("/")
                        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(upload)))
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(BOUND);
                assertThat(answer).isEqualTo(String.valueOf(wav.length - HEADER));
            }
        } finally {
            server.disposeNow(BOUND);
        }
    }

    @Test
    void onlyPcmIsATarget() {
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThatIllegalArgumentException().isThrownBy(() -> AudioSources.decode(Flux.empty(), opus));
        assertThatIllegalArgumentException().isThrownBy(() -> AudioSources.stream(InputStream::nullInputStream, opus));
    }

    private static AudioSourceException refused(Flux<ByteBuffer> upload) {
        AudioSourceException error = catchThrowableOfType(
                AudioSourceException.class,
                () -> AudioSources.decode(upload, TARGET).blockLast(BOUND));
        assertThat(error).isNotNull();
        assertThat(error.getMessage()).startsWith("the stream").doesNotContain("\n");
        return error;
    }
}
