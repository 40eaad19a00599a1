package io.qwenasr.reactor.resume;

import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A server, in virtual time, that takes a while to connect and ends each session at some age. */
final class LimitedServer implements Transcriber {

    /** How a session ends: at an age, with an error, or, if there is audio to come, as if it were complete. */
    record End(Duration age, boolean clean, Throwable error) {}

    private static final Duration CONNECTING = Duration.ofMillis(200);

    private final Transcriber script;
    private final VirtualTimeScheduler time;
    private final IntFunction<End> ends;
    private final List<Long> appends = new ArrayList<>();
    private int opened;
    private int open;
    private int mostOpen;

    LimitedServer(Transcriber script, VirtualTimeScheduler time, IntFunction<End> ends) {
        this.script = script;
        this.time = time;
        this.ends = ends;
    }

    /** Its results take some time. */
    static ScriptedTranscriber digest(VirtualTimeScheduler time, Duration late) {
        return ScriptedTranscriber.script()
                .scheduler(time)
                .utterancesBetweenSilence()
                .onEachUtterance()
                .after(late)
                .say(heard -> heard.digest())
                .build();
    }

    static End after(Duration age) {
        return new End(
                age, false, new ConnectionClosedException(1008, "time is up", SessionPhase.STREAMING, null, null));
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            End end = ends.apply(++opened);
            mostOpen = Math.max(mostOpen, ++open);
            AtomicBoolean finished = new AtomicBoolean();
            Flux<AudioSignal> heard = Flux.<AudioSignal>from(audio)
                    .doOnNext(signal -> appends.add(now()))
                    .doOnComplete(() -> finished.set(true));
            Flux<TranscriptionEvent> session =
                    Mono.delay(CONNECTING, time).thenMany(Flux.defer(() -> script.transcribe(heard, options)));
            Mono<Long> death = Mono.delay(end.age(), time)
                    .flatMap(now -> end.clean() && !finished.get() ? Mono.just(now) : Mono.error(end.error()));
            return session.takeUntilOther(death).doFinally(signal -> open--);
        });
    }

    private long now() {
        return time.now(TimeUnit.MILLISECONDS);
    }

    int opened() {
        return opened;
    }

    int open() {
        return open;
    }

    int mostOpen() {
        return mostOpen;
    }

    /** The longest time between two appends, to whichever session. */
    Duration longestGap() {
        long longest = 0;
        for (int i = 1; i < appends.size(); i++) {
            longest = Math.max(longest, appends.get(i) - appends.get(i - 1));
        }
        return Duration.ofMillis(longest);
    }
}
