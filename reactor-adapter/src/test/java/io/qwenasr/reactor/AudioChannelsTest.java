package io.qwenasr.reactor;

import static io.qwenasr.reactor.TestAudio.MU_LAW;
import static io.qwenasr.reactor.TestAudio.PCM;
import static io.qwenasr.reactor.TestAudio.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** One channel of a recording alone. */
class AudioChannelsTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final AudioFormat TARGET = AudioFormat.PCM_16K;
    private static final int FRAMES = 4_000;

    @TempDir
    private Path folder;

    /** Sample f of channel c is 1000 (c + 1) + f % 100. */
    private static short sample(int frame, int channel) {
        return (short) (1_000 * (channel + 1) + frame % 100);
    }

    private static byte[] wav(int channels, int bits) {
        ByteBuffer data = ByteBuffer.allocate(FRAMES * channels * bits / 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < FRAMES; frame++) {
            for (int channel = 0; channel < channels; channel++) {
                if (bits == 24) {
                    data.put((byte) 0);
                }
                data.putShort(sample(frame, channel));
            }
        }
        return TestAudio.wav(PCM, bits, channels, 16_000, data.array());
    }

    private static short[] channel(int channel) {
        short[] samples = new short[FRAMES];
        for (int frame = 0; frame < FRAMES; frame++) {
            samples[frame] = sample(frame, channel);
        }
        return samples;
    }

    private static short[] heard(Flux<ByteBuffer> audio) {
        return TestAudio.shorts(audio.collectList().block(BOUND));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6})
    void eachChannelIsHeardAlone(int channels) throws IOException {
        for (int bits : new int[] {16, 24}) {
            byte[] bytes = wav(channels, bits);
            Path file = Files.write(folder.resolve("call.wav"), bytes);
            assertThat(AudioSources.channels(file).block(BOUND)).isEqualTo(channels);
            for (int channel = 0; channel < channels; channel++) {
                short[] expected = channel(channel);
                assertThat(heard(AudioSources.file(file, TARGET, channel, Pacing.none())))
                        .isEqualTo(expected);
                assertThat(heard(AudioSources.stream(() -> Files.newInputStream(file), TARGET, channel)))
                        .isEqualTo(expected);
                Flux<ByteBuffer> upload = Flux.range(0, (bytes.length + 6) / 7)
                        .map(i -> ByteBuffer.wrap(bytes, 7 * i, Math.min(7, bytes.length - 7 * i)));
                assertThat(heard(AudioSources.decode(upload, TARGET, channel))).isEqualTo(expected);
            }
        }
    }

    @Test
    void channelIsResampledAsAMonoFileOfItIs() throws IOException {
        byte[] left = TestAudio.samples(MU_LAW, 8, 1, 8_000, 3_000, ByteOrder.LITTLE_ENDIAN);
        byte[] both = new byte[2 * left.length];
        for (int i = 0; i < left.length; i++) {
            both[2 * i] = left[i];
            both[2 * i + 1] = (byte) i;
        }
        Flux<ByteBuffer> mono =
                AudioSources.decode(Flux.just(ByteBuffer.wrap(TestAudio.wav(MU_LAW, 8, 1, 8_000, left))), TARGET);
        Flux<ByteBuffer> stereo =
                AudioSources.decode(Flux.just(ByteBuffer.wrap(TestAudio.wav(MU_LAW, 8, 2, 8_000, both))), TARGET, 0);
        assertThat(heard(stereo)).hasSize(6_000).isEqualTo(heard(mono));
    }

    @Test
    void channelThatIsNotThereIsNamed() throws IOException {
        Path file = Files.write(folder.resolve("call.wav"), wav(2, 16));
        AudioSourceException error = refused(AudioSources.file(file, TARGET, 2, Pacing.none()));
        assertThat(error.reason()).isEqualTo(Reason.NO_SUCH_CHANNEL);
        assertThat(error).hasMessage(file + " has no channel number 2; it has 2 channels, numbers 0 to 1");

        Flux<ByteBuffer> mono = Flux.just(ByteBuffer.wrap(wav(1, 16)));
        assertThat(refused(AudioSources.decode(mono, TARGET, 1)))
                .hasMessage("the stream has no channel number 1; it has 1 channel, number 0");
    }

    private static AudioSourceException refused(Flux<ByteBuffer> audio) {
        return catchThrowableOfType(AudioSourceException.class, () -> audio.blockLast(BOUND));
    }

    @Test
    void numbersThatNoFileHasAreRefused() {
        for (int channel : new int[] {-1, 64}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AudioSources.file(folder, TARGET, channel, Pacing.none()))
                    .withMessageContaining("0 to 63");
            assertThatIllegalArgumentException().isThrownBy(() -> AudioSources.decode(Flux.empty(), TARGET, channel));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AudioSources.stream(java.io.InputStream::nullInputStream, TARGET, channel));
        }
    }

    @Test
    void channelsAreCountedAwayFromTheEventLoop() throws IOException {
        Path file = Files.write(folder.resolve("call.aiff"), TestAudio.aifc("sowt", 16, 3, 16_000, new byte[60]));
        Mono<String> thread = AudioSources.channels(file)
                .subscribeOn(Schedulers.parallel())
                .map(channels -> channels + " " + Schedulers.isInNonBlockingThread());
        assertThat(thread.block(BOUND)).isEqualTo("3 false");
    }

    @Test
    void channelsOfWhatIsNoAudioAreNotCounted() throws IOException {
        Path text = Files.write(folder.resolve("text"), ascii("Dear diary, nothing today."));
        Path cut = Files.write(folder.resolve("cut"), ascii("RIFF"));
        for (Path file : List.of(text, cut, folder, folder.resolve("none"))) {
            StepVerifier.create(AudioSources.channels(file))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(AudioSourceException.class)
                            .hasMessageContaining(file.toString()))
                    .verify(BOUND);
        }
    }

    @Test
    void channelsOfOneUploadShareIt() {
        byte[] bytes = wav(2, 24);
        Flux<ByteBuffer> upload = Flux.range(0, (bytes.length + 999) / 1_000)
                .map(i -> ByteBuffer.wrap(bytes, 1_000 * i, Math.min(1_000, bytes.length - 1_000 * i)));
        Flux<ByteBuffer> shared = upload.publish(1).refCount(2);
        Flux<List<ByteBuffer>> both = Flux.range(0, 2)
                .flatMap(channel -> AudioSources.decode(shared, TARGET, channel)
                        .limitRate(1 + channel)
                        .collectList());
        List<List<ByteBuffer>> heard = both.collectList().block(BOUND);
        assertThat(heard).hasSize(2);
        assertThat(heard.stream().map(TestAudio::shorts)).containsExactlyInAnyOrder(channel(0), channel(1));
    }
}
