package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class LatestPartialTest {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final ServerError ERROR = new ServerError(null, "overloaded", null, null, null);

    @Test
    void nothingIsLeftOutForASubscriberThatKeepsUp() {
        List<TranscriptionEvent> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(i % 10 == 9 ? done("item" + i / 10) : partial("item" + i / 10, i));
        }
        StepVerifier.create(Flux.fromIterable(all).transform(Transcripts::latestPartial))
                .expectNextSequence(all)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void slowViewerSeesTheNewestPartialEachTime() {
        StepVerifier.withVirtualTime(() -> Flux.interval(Duration.ofMillis(100))
                        .<TranscriptionEvent>map(i -> partial("a", i.intValue()))
                        .take(100)
                        .concatWith(Mono.just(done("a")))
                        .transform(Transcripts::latestPartial)
                        .concatMap(event -> Mono.delay(Duration.ofMillis(2_930)).thenReturn(event), 0))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100 + 2_930 - 1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(partial("a", 0))
                .thenAwait(Duration.ofMillis(2_930))
                .expectNext(partial("a", 29))
                .thenAwait(Duration.ofMillis(2_930))
                .expectNext(partial("a", 58))
                .thenAwait(Duration.ofMillis(2_930))
                .expectNext(partial("a", 87))
                .thenAwait(Duration.ofMillis(2_930))
                .expectNext(done("a"))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void partialsAreReplacedWhileTheSubscriberIsBusyOnAnotherThread() throws InterruptedException {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        List<TranscriptionEvent> seen = new ArrayList<>();
        Transcripts.latestPartial(source.flux())
                .publishOn(Schedulers.boundedElastic(), 1)
                .subscribe(
                        event -> {
                            seen.add(event);
                            busy.countDown();
                            await(free);
                        },
                        error -> ended.countDown(),
                        ended::countDown);
        source.next(partial("a", 0));
        await(busy);
        for (int i = 1; i <= 10_000; i++) {
            source.next(partial("a", i));
        }
        source.next(done("b"));
        free.countDown();
        source.complete();
        await(ended);
        assertThat(seen).containsExactly(partial("a", 0), partial("a", 10_000), done("b"));
    }

    @Test
    void partialsAreReplacedWhileAThreadThatRequestedIsInOnNext() throws InterruptedException {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen) {
            @Override
            protected void hookOnNext(TranscriptionEvent event) {
                super.hookOnNext(event);
                if (event instanceof Partial) {
                    busy.countDown();
                    await(free);
                }
            }
        };
        Transcripts.latestPartial(source.flux(), 4).subscribe(viewer);
        start(viewer, source);
        source.next(partial("a", 0));
        Thread requester = new Thread(() -> viewer.request(Long.MAX_VALUE));
        requester.start();
        await(busy);
        for (int i = 1; i <= 1_000; i++) {
            source.next(partial("a", i));
        }
        free.countDown();
        requester.join(BOUND.toMillis());
        assertThat(seen).endsWith(partial("a", 0), partial("a", 1_000)).hasSize(3);
    }

    @Test
    void newerPartialGoesToTheEndAndFinalTakesItsPartialAway() {
        check(
                List.of(partial("a", 1), partial("b", 1), stopped("a"), partial("a", 2), done("b"), partial("c", 1)),
                List.of(stopped("a"), partial("a", 2), done("b"), partial("c", 1)));
    }

    @Test
    void lastPartialBeforeAFailureStays() {
        check(
                List.of(partial("a", 1), partial("a", 2), failed("a"), partial("a", 3)),
                List.of(partial("a", 2), failed("a")));
    }

    @Test
    void partialAfterItsFinalIsLeftOutUntilTheNextSession() {
        check(
                List.of(done("a"), partial("a", 1), new SessionReady("next", null), partial("a", 2)),
                List.of(done("a"), new SessionReady("next", null), partial("a", 2)));
    }

    @Test
    void whatIsLeftOutGoesToTheDiscardHook() {
        List<TranscriptionEvent> discarded = new ArrayList<>();
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        Viewer viewer = new Viewer(new ArrayList<>());
        source.flux()
                .transform(Transcripts::latestPartial)
                .doOnDiscard(TranscriptionEvent.class, discarded::add)
                .subscribe(viewer);
        start(viewer, source);
        source.next(partial("a", 1), partial("a", 2), done("a"), partial("a", 3), partial("b", 1));
        assertThat(discarded).containsExactly(partial("a", 1), partial("a", 2), partial("a", 3));
        viewer.cancel();
        assertThat(discarded).endsWith(done("a"), partial("b", 1)).hasSize(5);
        source.assertCancelled();
    }

    @Test
    void errorAndCompletionComeAfterWhatWaits() {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        StepVerifier.create(Transcripts.latestPartial(source.flux()), 1)
                .then(() -> source.next(done("a"), done("b"), partial("c", 1)))
                .then(() -> source.error(new IllegalStateException("lost")))
                .expectNext(done("a"))
                .expectNoEvent(Duration.ofMillis(1))
                .thenRequest(1)
                .expectNext(done("b"))
                .thenRequest(1)
                .expectNext(partial("c", 1))
                .expectErrorMessage("lost")
                .verify(BOUND);
        StepVerifier.create(Transcripts.latestPartial(Flux.empty()), 0)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void noMoreThanTheLimitIsRequestedAndWaits() {
        AtomicLong requested = new AtomicLong();
        AtomicLong emitted = new AtomicLong();
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        Flux.range(0, 1_000)
                .<TranscriptionEvent>map(i -> i % 2 == 0 ? done("item" + i) : partial("item" + i, i))
                .doOnNext(event -> emitted.incrementAndGet())
                .hide()
                .doOnRequest(requested::addAndGet)
                .transform(events -> Transcripts.latestPartial(events, 8))
                .subscribe(viewer);
        assertThat(requested).as("nothing before the subscriber requests").hasValue(0);
        viewer.request(1);
        assertThat(seen).hasSize(1);
        assertThat(requested.get()).isBetween(8L, 9L);
        for (int i = 2; i <= 500; i++) {
            viewer.request(1);
            assertThat(seen).hasSize(i);
            assertThat(requested.get()).isBetween(i + 7L, i + 8L);
            assertThat(emitted.get()).isEqualTo(requested.get());
        }
    }

    @Test
    void partialsKeepComingWhileThereIsRoom() {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        Transcripts.latestPartial(source.flux(), 2).subscribe(viewer);
        start(viewer, source);
        for (int i = 0; i < 10_000; i++) {
            source.next(partial("a", i));
        }
        source.next(done("b"));
        viewer.request(2);
        assertThat(seen).endsWith(partial("a", 9_999), done("b"));
    }

    @Test
    void sourceThatIgnoresDemandIsAnErrorNotALoss() {
        TestPublisher<TranscriptionEvent> source =
                TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        Transcripts.latestPartial(source.flux(), 2).subscribe(viewer);
        start(viewer, source);
        source.next(done("a"), done("b"), done("c"), done("d"));
        source.assertCancelled();
        assertThat(viewer.end.get()).isNull();
        viewer.request(10);
        assertThat(seen).endsWith(done("a"), done("b"));
        assertThat(viewer.end.get()).isEqualTo("more transcription events were emitted than requested");
    }

    @Test
    void signalsAfterTheEndOrCancelAreDropped() {
        TestPublisher<TranscriptionEvent> source =
                TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        StepVerifier.create(Transcripts.latestPartial(source.flux()))
                .then(() -> source.next(done("a")).complete().next(done("b")).error(new IllegalStateException("late")))
                .expectNext(done("a"))
                .expectComplete()
                .verifyThenAssertThat(BOUND)
                .hasDropped(done("b"))
                .hasDroppedErrorWithMessage("late");

        TestPublisher<TranscriptionEvent> deaf =
                TestPublisher.createNoncompliant(TestPublisher.Violation.DEFER_CANCELLATION);
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        Transcripts.latestPartial(deaf.flux()).subscribe(viewer);
        viewer.request(5);
        viewer.cancel();
        deaf.next(done("a")).complete();
        assertThat(seen).isEmpty();
        assertThat(viewer.end.get()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void requestForLessThanOneIsAnErrorAtOnce(long n) {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        AtomicReference<Subscription> subscription = new AtomicReference<>();
        List<Object> seen = new ArrayList<>();
        Transcripts.latestPartial(source.flux()).subscribe(new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription s) {
                subscription.set(s);
            }

            @Override
            public void onNext(TranscriptionEvent event) {
                seen.add(event);
            }

            @Override
            public void onError(Throwable error) {
                seen.add(error.getClass());
            }

            @Override
            public void onComplete() {
                seen.add("complete");
            }
        });
        subscription.get().request(1);
        source.next(done("a"), done("b"));
        subscription.get().request(n);
        subscription.get().request(5);
        source.assertCancelled();
        assertThat(seen).containsExactly(done("a"), IllegalArgumentException.class);
    }

    @Test
    void contextReachesTheSource() {
        Flux<TranscriptionEvent> source = Flux.deferContextual(context -> Flux.just(done(context.<String>get("item"))));
        StepVerifier.create(source.transform(Transcripts::latestPartial).contextWrite(c -> c.put("item", "a")))
                .expectNext(done("a"))
                .expectComplete()
                .verify(BOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -1, 65_537})
    void limitOutOfRangeIsRefused(int maxWaiting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Transcripts.latestPartial(Flux.empty(), maxWaiting))
                .withMessageContaining("2 to 65536");
    }

    /** Random sessions, random demand, on one thread, against the contract as it is written. */
    @Test
    void contractHoldsUnderRandomDemand() {
        long seed = System.nanoTime();
        System.out.println("latestPartial seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            checkRound(random, "seed " + seed + ", round " + round);
        }
    }

    private static void checkRound(Random random, String name) {
        int limit = 2 + random.nextInt(20);
        List<TranscriptionEvent> script = session(random, 1 + random.nextInt(200));
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        AtomicLong room = new AtomicLong();
        List<TranscriptionEvent> sent = new ArrayList<>();
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        Transcripts.latestPartial(source.flux().doOnRequest(room::addAndGet), limit)
                .subscribe(viewer);
        long demand = 0;
        while (sent.size() < script.size()) {
            if (random.nextInt(3) == 0 || room.get() == 0) {
                int n = 1 + random.nextInt(5);
                demand += n;
                viewer.request(n);
            }
            for (int burst = random.nextInt(8); burst > 0 && room.get() > 0 && sent.size() < script.size(); burst--) {
                room.decrementAndGet();
                TranscriptionEvent event = script.get(sent.size());
                sent.add(event);
                source.next(event);
            }
            assertThat(seen.size()).as(name).isLessThanOrEqualTo((int) demand);
            if (seen.size() < demand) {
                assertThat(newest(seen))
                        .as("%s: with demand to spare, all that is new is there", name)
                        .isEqualTo(newest(sent));
            }
        }
        boolean fails = random.nextBoolean();
        if (fails) {
            source.error(new IllegalStateException("lost"));
        } else {
            source.complete();
        }
        viewer.request(limit);
        assertThat(viewer.end.get()).as(name).isEqualTo(fails ? "lost" : "complete");
        checkContract(name, sent, seen);
    }

    private static void checkContract(String name, List<TranscriptionEvent> sent, List<TranscriptionEvent> seen) {
        assertThat(withoutPartials(seen))
                .as("%s: all but partials, once, in order", name)
                .containsExactlyElementsOf(withoutPartials(sent));
        // Events differ from each other, so this also says that partials never go backwards.
        int from = 0;
        for (TranscriptionEvent event : seen) {
            int at = sent.subList(from, sent.size()).indexOf(event);
            assertThat(at).as("%s: %s is in its order", name, event).isNotNegative();
            from += at + 1;
        }
        Set<String> ended = new HashSet<>();
        for (TranscriptionEvent event : seen) {
            if (event instanceof Partial partial) {
                assertThat(ended).as("%s: partial after the end", name).doesNotContain(partial.itemId());
            } else if (event instanceof Final done) {
                ended.add(done.itemId());
            } else if (event instanceof Failed failed) {
                ended.add(failed.itemId());
            }
        }
        assertThat(newest(seen)).as("%s: last partials", name).isEqualTo(newest(sent));
    }

    /** The last partial of each item that has no final. */
    private static Map<String, Partial> newest(List<TranscriptionEvent> events) {
        Map<String, Partial> newest = new HashMap<>();
        Set<String> failed = new HashSet<>();
        for (TranscriptionEvent event : events) {
            if (event instanceof Partial partial && !failed.contains(partial.itemId())) {
                newest.put(partial.itemId(), partial);
            } else if (event instanceof Failed failure) {
                failed.add(failure.itemId());
            }
        }
        for (TranscriptionEvent event : events) {
            if (event instanceof Final done) {
                newest.remove(done.itemId());
            }
        }
        return newest;
    }

    private static List<TranscriptionEvent> withoutPartials(List<TranscriptionEvent> events) {
        return events.stream().filter(event -> !(event instanceof Partial)).toList();
    }

    /** Overlapping items, events of no item, now and then a partial too late; no two events are equal. */
    private static List<TranscriptionEvent> session(Random random, int length) {
        List<TranscriptionEvent> events = new ArrayList<>();
        List<String> open = new ArrayList<>();
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            if (open.isEmpty() || random.nextInt(12) == 0) {
                open.add("item" + i);
            }
            int which = random.nextInt(open.size());
            switch (random.nextInt(10)) {
                case 0 -> {
                    String itemId = open.remove(which);
                    ended.add(itemId);
                    events.add(random.nextInt(4) == 0 ? failed(itemId) : done(itemId));
                }
                case 1 -> events.add(new Committed("committed" + i, null));
                case 2 ->
                    events.add(
                            ended.isEmpty()
                                    ? new SessionReady("s" + i, null)
                                    : partial(ended.get(ended.size() - 1), i));
                default -> events.add(partial(open.get(which), i));
            }
        }
        return events;
    }

    /** One thread emits, two request, in some rounds one cancels. */
    @Test
    void signalsMayRace() throws InterruptedException {
        long seed = System.nanoTime();
        System.out.println("latestPartial race seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            race(random, "seed " + seed + ", round " + round);
        }
    }

    private static void race(Random random, String name) throws InterruptedException {
        List<TranscriptionEvent> script = session(random, 1_000);
        boolean cancels = random.nextInt(3) == 0;
        int cancelAfter = random.nextInt(300);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        List<TranscriptionEvent> seen = new ArrayList<>();
        AtomicInteger taken = new AtomicInteger();
        AtomicLong demand = new AtomicLong();
        AtomicInteger beyondDemand = new AtomicInteger();
        Viewer viewer = new Viewer(seen) {
            @Override
            protected void hookOnNext(TranscriptionEvent event) {
                if (inside.getAndIncrement() != 0) {
                    overlaps.incrementAndGet();
                }
                super.hookOnNext(event);
                if (taken.incrementAndGet() > demand.get()) {
                    beyondDemand.incrementAndGet();
                }
                inside.decrementAndGet();
            }

            @Override
            protected void hookOnComplete() {
                if (inside.get() != 0) {
                    overlaps.incrementAndGet();
                }
                super.hookOnComplete();
                ended.countDown();
            }
        };
        AtomicInteger sourceCancels = new AtomicInteger();
        AtomicBoolean sourceCompleted = new AtomicBoolean();
        Flux.fromIterable(script)
                .hide()
                .doOnComplete(() -> sourceCompleted.set(true))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnCancel(sourceCancels::incrementAndGet)
                .transform(events -> Transcripts.latestPartial(events, 16))
                .subscribe(viewer);
        CountDownLatch cancelled = new CountDownLatch(1);
        Runnable requests = () -> {
            while (ended.getCount() > 0 && cancelled.getCount() > 0) {
                if (demand.get() - taken.get() < 4) {
                    demand.addAndGet(2);
                    viewer.request(2);
                }
                LockSupport.parkNanos(1_000);
            }
        };
        List<Thread> threads = new ArrayList<>(List.of(new Thread(requests), new Thread(requests)));
        if (cancels) {
            threads.add(new Thread(() -> {
                while (taken.get() < cancelAfter && ended.getCount() > 0) {
                    LockSupport.parkNanos(1_000);
                }
                viewer.cancel();
                cancelled.countDown();
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(BOUND.toMillis());
            assertThat(thread.isAlive()).as("%s: %s hangs", name, thread).isFalse();
        }
        assertThat(overlaps).as("%s: overlapping signals", name).hasValue(0);
        assertThat(beyondDemand).as("%s: beyond demand", name).hasValue(0);
        if (cancels) {
            assertThat(sourceCancels.get() == 1 || sourceCompleted.get())
                    .as("%s: source cancelled unless it was over", name)
                    .isTrue();
        } else {
            checkContract(name, script, seen);
        }
    }

    /** Offers all with no demand but one event before, then takes all. */
    private static void check(List<TranscriptionEvent> offered, List<TranscriptionEvent> expected) {
        TestPublisher<TranscriptionEvent> source = TestPublisher.create();
        List<TranscriptionEvent> seen = new ArrayList<>();
        Viewer viewer = new Viewer(seen);
        source.flux().transform(Transcripts::latestPartial).subscribe(viewer);
        start(viewer, source);
        offered.forEach(source::next);
        viewer.request(Long.MAX_VALUE);
        source.complete();
        assertThat(seen.subList(1, seen.size())).containsExactlyElementsOf(expected);
        assertThat(viewer.end.get()).isEqualTo("complete");
    }

    /** Uses up the request that starts the events. */
    private static void start(Viewer viewer, TestPublisher<TranscriptionEvent> source) {
        viewer.request(1);
        source.next(new SessionReady("first", null));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Partial partial(String itemId, int version) {
        return new Partial(itemId, "", "version " + version, null, null);
    }

    private static Final done(String itemId) {
        return new Final(itemId, "final", null, null, null, null);
    }

    private static Failed failed(String itemId) {
        return new Failed(itemId, ERROR);
    }

    private static SpeechStopped stopped(String itemId) {
        return new SpeechStopped(itemId, Duration.ZERO);
    }

    private static class Viewer extends BaseSubscriber<TranscriptionEvent> {
        final AtomicReference<String> end = new AtomicReference<>();
        private final List<TranscriptionEvent> seen;

        Viewer(List<TranscriptionEvent> seen) {
            this.seen = seen;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(TranscriptionEvent event) {
            seen.add(event);
        }

        @Override
        protected void hookOnComplete() {
            end.set("complete");
        }

        @Override
        protected void hookOnError(Throwable error) {
            end.set(error.getMessage());
        }
    }
}
