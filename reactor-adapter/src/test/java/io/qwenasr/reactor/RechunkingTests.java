package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The same audio, however it is cut into chunks, is the same audio with the same commits. */
class RechunkingTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;
    private static final int ROUNDS = 50;
    private static final int ROUNDS_ON_THE_WIRE = 4;

    /** A kind of boundary, and how it is told where the utterances end. */
    private enum Kind {
        NONE {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return given.chunks(sizes).map(AudioSignal::chunk);
            }
        },
        AT_END {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return given.chunks(sizes).transform(CommitBoundaries.atEnd(FORMAT));
            }
        },
        EVERY {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return given.chunks(sizes).transform(CommitBoundaries.every(given.length, FORMAT));
            }
        },
        ON_SILENCE {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return given.chunks(sizes).transform(CommitBoundaries.onSilence(Duration.ofMillis(200), FORMAT));
            }
        },
        UTTERANCES {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return CommitBoundaries.utterances(given.utterances(sizes), FORMAT);
            }
        },
        WHEN {
            @Override
            Flux<AudioSignal> signals(Case given, IntSupplier sizes) {
                return given.ticked(sizes);
            }
        };

        abstract Flux<AudioSignal> signals(Case given, IntSupplier sizes);
    }

    /**
     * Audio, and where utterances end in it.
     *
     * @param length of utterances of a fixed length
     * @param ends of the other utterances, in bytes, some of them in the middle of a sample
     */
    private record Case(ByteBuffer audio, Duration length, List<Integer> ends) {

        static Case random(Random random) {
            ByteBuffer audio = ByteBuffer.wrap(
                    Signals.bursts(FORMAT, random, random.ints(6, 50, 900).toArray()));
            TreeSet<Integer> ends = new TreeSet<>();
            random.ints(8, 1, audio.limit()).forEach(ends::add);
            // Half a sample is no utterance.
            ends.add(ends.first() + 1);
            ends.add(audio.limit());
            return new Case(audio, Duration.ofMillis(100 + random.nextInt(900)), List.copyOf(ends));
        }

        Flux<ByteBuffer> chunks(IntSupplier sizes) {
            return cut(0, audio.limit(), sizes);
        }

        /** One after the other, each cut anew. */
        Flux<Publisher<ByteBuffer>> utterances(IntSupplier sizes) {
            return Flux.range(0, ends.size()).map(i -> cut(i == 0 ? 0 : ends.get(i - 1), ends.get(i), sizes));
        }

        /** Ticks when the audio up to an end has been emitted, and more is requested. */
        Flux<AudioSignal> ticked(IntSupplier sizes) {
            Sinks.Many<Integer> ticks = Sinks.many().unicast().onBackpressureBuffer();
            Flux<ByteBuffer> audio = Flux.range(0, ends.size())
                    .concatMap(
                            i -> {
                                if (i > 0) {
                                    ticks.tryEmitNext(i).orThrow();
                                }
                                return cut(i == 0 ? 0 : ends.get(i - 1), ends.get(i), sizes);
                            },
                            0);
            return audio.transform(CommitBoundaries.when(ticks.asFlux(), FORMAT));
        }

        /** Where commits belong: after the last whole sample. */
        List<Long> commits() {
            return ends.stream()
                    .map(end -> end & ~1L)
                    .filter(end -> end > 0)
                    .distinct()
                    .toList();
        }

        /** All in one buffer, which is reused. */
        private Flux<ByteBuffer> cut(int from, int to, IntSupplier sizes) {
            return Flux.defer(() -> {
                ByteBuffer reused = ByteBuffer.allocateDirect(audio.limit());
                return Flux.generate(() -> from, (at, sink) -> {
                    int size = Math.min(to - at, sizes.getAsInt());
                    sink.next(reused.clear().put(audio.slice(at, size)).flip());
                    if (at + size == to) {
                        sink.complete();
                    }
                    return at + size;
                });
            });
        }
    }

    /** As long as can be. */
    private static int uncut() {
        return Integer.MAX_VALUE;
    }

    /** Empty chunks, single bytes, odd ones and huge ones among them. */
    private static IntSupplier anySize(Random random) {
        return () -> switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 1 + 2 * random.nextInt(50);
            case 3 -> random.nextInt(200_000);
            default -> random.nextInt(5_000);
        };
    }

    private static Random seeded(Kind kind) {
        long seed = System.nanoTime();
        System.out.println(kind + " seed " + seed);
        return new Random(seed);
    }

    @ParameterizedTest
    @EnumSource
    void givesTheSameSignals(Kind kind) {
        Random random = seeded(kind);
        for (int round = 0; round < ROUNDS; round++) {
            Case given = Case.random(random);
            Signals.Timeline whole = Signals.read(own(kind.signals(given, RechunkingTests::uncut)));
            check(kind, given, whole, "round " + round);
            for (int i = 0; i < 2; i++) {
                Signals.Timeline cut = Signals.read(own(kind.signals(given, anySize(random))));
                assertThat(cut).as("round %d", round).isEqualTo(whole);
            }
        }
    }

    private static List<AudioSignal> own(Flux<AudioSignal> signals) {
        return signals.map(Signals::own).collectList().block(LIMIT);
    }

    private static void check(Kind kind, Case given, Signals.Timeline timeline, String where) {
        assertThat(timeline.audio()).as(where).isEqualTo(given.audio);
        switch (kind) {
            case NONE -> assertThat(timeline.commits()).as(where).isEmpty();
            case AT_END -> assertThat(timeline.commits()).as(where).containsExactly((long) given.audio.limit());
            case WHEN, UTTERANCES -> assertThat(timeline.commits()).as(where).isEqualTo(given.commits());
            case EVERY -> {
                long each = FORMAT.bytesIn(given.length);
                assertThat(timeline.commits())
                        .as(where)
                        .hasSize((int) ((given.audio.limit() + each - 1) / each))
                        .allMatch(at -> at % each == 0 || at == given.audio.limit());
            }
            case ON_SILENCE -> assertThat(timeline.commits()).as(where).endsWith((long) given.audio.limit());
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendsTheSameToTheServer(Kind kind) {
        Queue<AudioSignal> received = new ConcurrentLinkedQueue<>();
        Transcriber counting = new CountingTranscriber();
        RunningServer server = QwenAsrServer.builder(
                        (audio, options) -> counting.transcribe(Flux.from(audio).doOnNext(received::add), options))
                .build()
                .start()
                .block(LIMIT);
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint()).build();
        SessionOptions options = kind == Kind.NONE
                ? SessionOptions.defaults()
                : SessionOptions.builder().manual().build();
        Random random = seeded(kind);
        for (int round = 0; round < ROUNDS_ON_THE_WIRE; round++) {
            Case given = Case.random(random);
            List<Signals.Timeline> timelines = new ArrayList<>();
            for (IntSupplier sizes : List.of(RechunkingTests::uncut, anySize(random), anySize(random))) {
                received.clear();
                client.transcribe(kind.signals(given, sizes), options).blockLast(LIMIT);
                timelines.add(Signals.read(List.copyOf(received)));
            }
            check(kind, given, timelines.get(0), "round " + round);
            assertThat(timelines).as("round %d", round).containsOnly(timelines.get(0));
        }
        server.stop(LIMIT).block(LIMIT.plusSeconds(10));
    }
}
