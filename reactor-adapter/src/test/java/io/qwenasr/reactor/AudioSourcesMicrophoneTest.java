package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Recording from lines made up; no test needs a microphone, and one that is there does no harm. */
class AudioSourcesMicrophoneTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;

    /** 20 ms at 16 kHz. */
    private static final int CHUNK = 320;

    private final AtomicLong clock = new AtomicLong();

    /** One device with one line. */
    private record Device(FakeLine line, List<String> asked, List<String> offered) implements RecordingDevices {

        Device(FakeLine line, String... offered) {
            this(line, Collections.synchronizedList(new ArrayList<>()), List.of(offered));
        }

        private static String name(javax.sound.sampled.AudioFormat format) {
            return (int) format.getSampleRate() + "x" + format.getChannels();
        }

        @Override
        public String name() {
            return "the microphone 'Fake'";
        }

        @Override
        public boolean supports(DataLine.Info info) {
            javax.sound.sampled.AudioFormat format = info.getFormats()[0];
            asked.add(name(format));
            assertThat(format.getEncoding()).isEqualTo(javax.sound.sampled.AudioFormat.Encoding.PCM_SIGNED);
            assertThat(format.getSampleSizeInBits()).isEqualTo(16);
            assertThat(format.isBigEndian()).isFalse();
            return offered.contains(name(format));
        }

        @Override
        public TargetDataLine line(DataLine.Info info) {
            return line;
        }

        @Override
        public List<String> all() {
            return offered.isEmpty() ? List.of() : List.of("Fake", "Webcam");
        }
    }

    private Flux<ByteBuffer> microphone(FakeLine line) {
        return microphone(new Device(line, "16000x1"));
    }

    private Flux<ByteBuffer> microphone(RecordingDevices devices) {
        return AudioSources.microphone(FORMAT, devices, clock::get);
    }

    private static short[] samples(int first, int count) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (first + i);
        }
        return samples;
    }

    private static ByteBuffer bytes(int first, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (short sample : samples(first, count)) {
            bytes.putShort(sample);
        }
        return bytes.flip();
    }

    @Test
    void whatIsHeardComesInChunksOfAFiftiethOfASecond() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line))
                .then(line::awaitLook)
                .then(() -> line.hear(samples(0, CHUNK + 1)))
                .expectNext(bytes(0, CHUNK))
                .then(() -> line.hear(samples(CHUNK + 1, 2 * CHUNK)))
                .expectNext(bytes(CHUNK, CHUNK), bytes(2 * CHUNK, CHUNK))
                .thenCancel()
                .verify(BOUND);
        line.awaitClosed();
        assertThat(line.isRunning()).isFalse();
    }

    @Test
    void chunkComesWhenItsLastSampleIsThere() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line))
                .then(line::awaitLook)
                .then(() -> line.hear(samples(0, CHUNK - 1)))
                .then(() -> awaitReads(line, 1))
                .then(() -> line.hear((short) (CHUNK - 1)))
                .expectNext(bytes(0, CHUNK))
                .thenCancel()
                .verify(BOUND);
    }

    private static void awaitReads(FakeLine line, int reads) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (line.reads() < reads) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void recordingBeginsWithTheFirstRequest() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line), 0)
                .then(line::awaitOpen)
                .then(() -> assertThat(line.isRunning()).isFalse())
                .thenRequest(1)
                .then(line::awaitLook)
                .then(() -> line.hear(samples(7, CHUNK)))
                .expectNext(bytes(7, CHUNK))
                .thenCancel()
                .verify(BOUND);
        line.awaitClosed();
    }

    @Test
    void nothingIsReadThatWasNotRequested() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line), 1)
                .then(line::awaitLook)
                .then(() -> line.hear(samples(0, CHUNK)))
                .expectNextCount(1)
                .then(() -> line.hear(samples(CHUNK, 40 * CHUNK)))
                .then(() -> assertThat(line.reads()).isEqualTo(1))
                .thenRequest(40)
                .expectNextCount(40)
                .thenCancel()
                .verify(BOUND);
    }

    @Test
    void bufferOfTheDeviceThatIsFullIsAnErrorThatNamesTheRemedy() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line), 1)
                .then(line::awaitLook)
                .then(() -> line.hear(samples(0, CHUNK)))
                .expectNextCount(1)
                .then(() -> line.hear(samples(CHUNK, 80_000)))
                .thenRequest(1)
                .expectErrorSatisfies(AudioSourcesMicrophoneTest::isOverflow)
                .verify(BOUND);
        line.awaitClosed();
    }

    private static void isOverflow(Throwable error) {
        assertThat(error)
                .matches(Exceptions::isOverflow)
                .hasMessageContaining("the microphone 'Fake'")
                .hasMessageContaining("5000 ms")
                .hasMessageContaining("LiveBuffer");
    }

    @Test
    void bufferThatRanOverAndFillsAgainIsFoundOutByTheTime() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line), 1)
                .then(line::awaitLook)
                .then(() -> line.hear(samples(0, CHUNK + 1_600)))
                .expectNextCount(1)
                .then(() -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(4_899)))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(4_921)))
                .thenRequest(1)
                .expectErrorSatisfies(AudioSourcesMicrophoneTest::isOverflow)
                .verify(BOUND);
        line.awaitClosed();
    }

    @Test
    void deviceThatFallsSilentAltogetherIsAnError() {
        FakeLine line = new FakeLine(() -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(100)));
        StepVerifier.create(microphone(line))
                .expectErrorSatisfies(error -> isUnreadable(error, "no audio, not even silence, for 5 s"))
                .verify(BOUND);
        line.awaitClosed();
    }

    @Test
    void deviceThatStopsReadingIsAnError() {
        FakeLine line = new FakeLine();
        StepVerifier.create(microphone(line))
                .then(line::awaitLook)
                .then(line::die)
                .then(() -> line.hear(samples(0, CHUNK)))
                .expectErrorSatisfies(error -> isUnreadable(error, "stopped giving audio"))
                .verify(BOUND);
        line.awaitClosed();
    }

    private static void isUnreadable(Throwable error, String message) {
        assertThat(error)
                .isInstanceOf(AudioSourceException.class)
                .hasMessageContaining("the microphone 'Fake'")
                .hasMessageContaining(message);
        assertThat(((AudioSourceException) error).reason()).isEqualTo(Reason.UNREADABLE);
    }

    @Test
    void targetRateIsTriedFirstThenTheUsualOnes() {
        FakeLine line = new FakeLine();
        Device device = new Device(line, "44100x2");
        StepVerifier.create(microphone(device), 0)
                .then(line::awaitOpen)
                .thenCancel()
                .verify(BOUND);
        assertThat(device.asked()).containsExactly("16000x1", "48000x1", "44100x1", "16000x2", "48000x2", "44100x2");
        assertThat(line.getFormat().getSampleRate()).isEqualTo(44_100);
        assertThat(line.getBufferSize()).isEqualTo(5 * 44_100 * 4);
    }

    @Test
    void otherRatesAndChannelsAreConverted() {
        FakeLine line = new FakeLine();
        short[] stereo = new short[2 * 4_800];
        for (int i = 0; i < stereo.length; i++) {
            stereo[i] = (short) (i % 2 == 0 ? 3_000 : 1_000);
        }
        StepVerifier.create(microphone(new Device(line, "48000x2")).take(4))
                .then(line::awaitLook)
                .then(() -> line.hear(stereo))
                .expectNextCount(2)
                .assertNext(chunk -> {
                    assertThat(chunk.remaining()).isEqualTo(2 * CHUNK);
                    while (chunk.hasRemaining()) {
                        assertThat((int) chunk.getShort()).isBetween(1_990, 2_010);
                    }
                })
                .expectNextCount(1)
                .expectComplete()
                .verify(BOUND);
        line.awaitClosed();
    }

    @Test
    void missingMicrophoneIsTold() {
        StepVerifier.create(microphone(new Device(new FakeLine())), 0)
                .expectErrorSatisfies(error -> isNoMicrophone(error, "no device here can be recorded from"))
                .verify(BOUND);
    }

    @Test
    void unfitMicrophoneIsToldAndTheOthersAreListed() {
        StepVerifier.create(microphone(new Device(new FakeLine(), "96000x8")), 0)
                .expectErrorSatisfies(error -> isNoMicrophone(
                        error,
                        "the microphone 'Fake'",
                        "neither at 16000 Hz nor at one of [48000, 44100] Hz",
                        "[Fake, Webcam]"))
                .verify(BOUND);
    }

    @Test
    void occupiedMicrophoneIsToldAndTheOthersAreListed() {
        FakeLine line = new FakeLine().failingToOpen("in use by another program");
        StepVerifier.create(microphone(line), 0)
                .expectErrorSatisfies(error -> isNoMicrophone(error, "in use by another program", "[Fake, Webcam]"))
                .verify(BOUND);
        line.awaitClosed();
    }

    private static void isNoMicrophone(Throwable error, String... messages) {
        assertThat(error).isInstanceOf(AudioSourceException.class);
        assertThat(((AudioSourceException) error).reason()).isEqualTo(Reason.NO_MICROPHONE);
        assertThat(error.getMessage()).contains(messages).doesNotContain("\n");
    }

    @Test
    void eachSubscriptionOpensTheDeviceAnew() {
        FakeLine line = new FakeLine();
        Flux<ByteBuffer> microphone = microphone(line);
        assertThat(line.isOpen()).isFalse();
        for (int i = 0; i < 2; i++) {
            StepVerifier.create(microphone.take(1))
                    .then(() -> awaitRunning(line))
                    .then(() -> line.hear(samples(0, CHUNK)))
                    .expectNext(bytes(0, CHUNK))
                    .expectComplete()
                    .verify(BOUND);
            awaitNotOpen(line);
        }
    }

    private static void awaitRunning(FakeLine line) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!line.isRunning()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void awaitNotOpen(FakeLine line) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (line.isOpen()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** The line is silent, so that the reader waits, and the clock stands, so that it would for ever. */
    @Test
    void cancelEndsTheWaitAndClosesInSilence() {
        DroppedErrors dropped = new DroppedErrors();
        FakeLine line = new FakeLine();
        Disposable subscription = microphone(line).subscribe(chunk -> {}, null, null, dropped.context());
        line.awaitLook();
        subscription.dispose();
        line.awaitClosed();
        assertThat(line.isRunning()).isFalse();
        assertThat(dropped.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MAX_VALUE})
    void eventLoopsAreNeverBlockedHoweverMuchWasRequested(long requested) {
        FakeLine line = new FakeLine();
        Flux<ByteBuffer> cancelling =
                microphone(line).subscribeOn(Schedulers.parallel()).cancelOn(Schedulers.parallel());
        StepVerifier.create(cancelling, requested)
                .then(line::awaitOpen)
                .thenCancel()
                .verify(BOUND);
        line.awaitClosed();
        assertThat(line.blockedAnEventLoop).isFalse();
    }

    @Test
    void liveBufferHoldsWhatNobodyAsksFor() {
        FakeLine line = new FakeLine();
        Flux<AudioSignal> live =
                LiveBuffer.dropOldest(Duration.ofMillis(100), FORMAT).apply(microphone(line));
        StepVerifier.create(live.map(Signals::own), 0)
                .then(line::awaitLook)
                .then(() -> {
                    for (int i = 0; i < 10; i++) {
                        line.hear(samples(i * CHUNK, CHUNK));
                        awaitReads(line, i + 1);
                    }
                    // The reader looks again only after the buffer took what was read before.
                    line.hear((short) 1);
                    awaitReads(line, 11);
                })
                .thenRequest(2)
                .expectNext(AudioSignal.gap(Duration.ofMillis(100)))
                .assertNext(signal -> assertThat(signal).isEqualTo(AudioSignal.chunk(bytes(5 * CHUNK, 5 * CHUNK))))
                .thenCancel()
                .verify(BOUND);
        line.awaitClosed();
    }

    @Test
    void opusIsRefused() {
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AudioSources.microphone(opus))
                .withMessageContaining("PCM");
    }

    /** As on a server: what the platform says of itself is listed, whether that is something or nothing. */
    @Test
    void deviceThatThisMachineHasNotIsTold() {
        Mixer.Info elsewhere = new Mixer.Info("Elsewhere", "", "", "") {};
        StepVerifier.create(AudioSources.microphone(FORMAT, elsewhere), 0)
                .expectErrorSatisfies(error -> {
                    List<String> all = new SystemRecordingDevices(null).all();
                    isNoMicrophone(error, all.isEmpty() ? "there is no microphone" : "'Elsewhere'");
                    all.forEach(device -> isNoMicrophone(error, device));
                })
                .verify(BOUND);
    }
}
