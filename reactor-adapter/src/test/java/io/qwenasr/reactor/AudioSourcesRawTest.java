package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class AudioSourcesRawTest {

    private static final Duration BOUND = Duration.ofSeconds(20);

    @Test
    void bytesPassUnchangedInChunksOfATenthOfASecondHoweverTheyArrive() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] pcm = new byte[10_000];
        random.nextBytes(pcm);
        InputStream dribble = new ByteArrayInputStream(pcm) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, 1 + random.nextInt(700)));
            }
        };
        List<ByteBuffer> chunks = AudioSources.raw(() -> dribble, 16_000, AudioFormat.PCM_16K)
                .collectList()
                .block(BOUND);
        assertThat(chunks).extracting(ByteBuffer::remaining).containsExactly(3_200, 3_200, 3_200, 400);
        assertThat(TestAudio.join(chunks)).isEqualTo(pcm);
    }

    @Test
    void otherRatesAreConverted() {
        byte[] pcm = new byte[2 * 8_000];
        assertThat(read(pcm, 8_000)).hasSize(2 * 16_000);
        assertThat(read(pcm, 48_000)).hasSize(2 * 2_667);
    }

    @Test
    void oddByteAtTheEndIsDropped() {
        assertThat(read(new byte[101], 16_000)).hasSize(100);
    }

    @Test
    void nothingIsAnEmptyAudio() {
        assertThat(read(new byte[0], 16_000)).isEmpty();
    }

    @Test
    void onlyWhatWasRequestedIsRead() {
        AtomicInteger bytesRead = new AtomicInteger();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads blocks");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                bytesRead.addAndGet(length);
                return length;
            }
        };
        StepVerifier.create(AudioSources.raw(() -> endless, 16_000, AudioFormat.PCM_16K), 0)
                .expectSubscription()
                .thenRequest(2)
                .expectNextCount(2)
                .then(() -> assertThat(bytesRead).hasValue(2 * 3_200))
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> assertThat(bytesRead).hasValue(5 * 3_200))
                .thenCancel()
                .verify(BOUND);
    }

    @Test
    void eventLoopsNeverRead() {
        Queue<Boolean> mayBlock = new ConcurrentLinkedQueue<>();
        CountDownLatch closed = new CountDownLatch(1);
        InputStream watched = new ByteArrayInputStream(new byte[9_600]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                mayBlock.add(!Schedulers.isInNonBlockingThread());
                return super.read(buffer, offset, length);
            }

            @Override
            public void close() {
                mayBlock.add(!Schedulers.isInNonBlockingThread());
                closed.countDown();
            }
        };
        Flux<ByteBuffer> audio = AudioSources.raw(
                        () -> {
                            mayBlock.add(!Schedulers.isInNonBlockingThread());
                            return watched;
                        },
                        16_000,
                        AudioFormat.PCM_16K)
                // limitRate 1 behind publishOn: each request comes from the non-blocking thread.
                .publishOn(Schedulers.parallel(), 1);
        StepVerifier.create(audio.subscribeOn(Schedulers.parallel()))
                .expectNextCount(3)
                .expectComplete()
                .verify(BOUND);
        // The source is closed after it has completed, while the completion is on its way here.
        assertThat(awaits(closed)).isTrue();
        assertThat(mayBlock).hasSizeGreaterThanOrEqualTo(6).containsOnly(true);
    }

    @Test
    void cancelFromAnEventLoopClosesElsewhere() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        Queue<Boolean> mayBlock = new ConcurrentLinkedQueue<>();
        InputStream watched = new ByteArrayInputStream(new byte[96_000]) {
            @Override
            public void close() {
                mayBlock.add(!Schedulers.isInNonBlockingThread());
                closed.countDown();
            }
        };
        AudioSources.raw(() -> watched, 16_000, AudioFormat.PCM_16K)
                .publishOn(Schedulers.parallel(), 1)
                .take(2)
                .blockLast(BOUND);
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(mayBlock).containsExactly(true);
    }

    @Test
    void cancelInterruptsAReadAndClosesInSilence() throws InterruptedException {
        DroppedErrors dropped = new DroppedErrors();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads blocks");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                reading.countDown();
                try {
                    new CountDownLatch(1).await();
                    return -1;
                } catch (InterruptedException e) {
                    throw (IOException) new InterruptedIOException().initCause(e);
                }
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        // Not StepVerifier, whose subscriber swallows what comes after cancelling.
        Disposable subscription = AudioSources.raw(() -> silent, 16_000, AudioFormat.PCM_16K)
                .subscribe(chunk -> {}, null, null, dropped.context());
        assertThat(awaits(reading)).isTrue();
        subscription.dispose();
        assertThat(awaits(closed)).isTrue();
        assertThat(dropped.seen()).isEmpty();
    }

    @Test
    void failuresToOpenAndToReadAreTyped() {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream broken = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads blocks");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("pipe broke");
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        assertUnreadable(AudioSources.raw(() -> broken, 16_000, AudioFormat.PCM_16K), "pipe broke");
        assertThat(awaits(closed)).isTrue();
        assertUnreadable(
                AudioSources.raw(
                        () -> {
                            throw new FileNotFoundException("no device");
                        },
                        16_000,
                        AudioFormat.PCM_16K),
                "no device");
        assertUnreadable(AudioSources.raw(() -> null, 16_000, AudioFormat.PCM_16K), "no stream");
        assertUnreadable(AudioSources.stream(() -> broken, AudioFormat.PCM_16K), "cannot read the stream: pipe broke");
        assertUnreadable(AudioSources.stream(() -> null, AudioFormat.PCM_16K), "no stream");
    }

    @Test
    void failureToReadComesAfterWhatWasRead() {
        InputStream cut = new SequenceInputStream(new ByteArrayInputStream(new byte[4_000]), new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("reads blocks");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("pipe broke");
            }
        });
        StepVerifier.create(
                        AudioSources.raw(() -> cut, 16_000, AudioFormat.PCM_16K).map(ByteBuffer::remaining))
                .expectNext(3_200, 800)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(AudioSourceException.class)
                        .hasMessageContaining("pipe broke"))
                .verify(BOUND);
    }

    @Test
    void liveFileIsHeardAsItComes() {
        byte[] wav = TestAudio.wav(TestAudio.PCM, 16, 1, 16_000, 1_600);
        CountDownLatch more = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        InputStream live = new ByteArrayInputStream(wav) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                int read = super.read(buffer, offset, length);
                if (read < 0) {
                    awaits(more);
                }
                return read;
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        ByteBuffer.wrap(wav).putInt(40, -1);
        StepVerifier.create(AudioSources.stream(() -> live, AudioFormat.PCM_16K).map(ByteBuffer::remaining))
                .expectNext(3_200)
                .then(more::countDown)
                .expectComplete()
                .verify(BOUND);
        assertThat(awaits(closed)).isTrue();
    }

    @Test
    void streamThatReturnsNothingDoesNotHang() {
        InputStream stuck = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return 0;
            }
        };
        assertUnreadable(AudioSources.raw(() -> stuck, 16_000, AudioFormat.PCM_16K), "neither bytes nor its end");
    }

    @Test
    void ratesAndTargetsOutOfRangeAreRefused() {
        for (int rate : new int[] {0, 7_999, 192_001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AudioSources.raw(InputStream::nullInputStream, rate, AudioFormat.PCM_16K))
                    .withMessageContaining("8000 to 192000");
        }
    }

    private static void assertUnreadable(Flux<ByteBuffer> audio, String message) {
        StepVerifier.create(audio)
                .expectErrorSatisfies(error -> {
                    assertThat(error).isInstanceOf(AudioSourceException.class).hasMessageContaining(message);
                    assertThat(((AudioSourceException) error).reason()).isEqualTo(Reason.UNREADABLE);
                })
                .verify(BOUND);
    }

    private static byte[] read(byte[] pcm, int rate) {
        return TestAudio.join(AudioSources.raw(() -> new ByteArrayInputStream(pcm), rate, AudioFormat.PCM_16K)
                .collectList()
                .block(BOUND));
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
