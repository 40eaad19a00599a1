package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

class QueuedPublisherTests {

    private static final long LIMIT_SECONDS = 30;

    private final AtomicInteger cancels = new AtomicInteger();
    private final QueuedPublisher<String> publisher = new QueuedPublisher<>(new QueuedPublisher.Owner<>() {
        @Override
        public void onDemand() {}

        @Override
        public void onCancel() {
            cancels.incrementAndGet();
        }
    });

    /** Writes down in which order it is signalled; does something while it is being subscribed. */
    private static final class Diary implements Subscriber<String> {
        final List<String> lines = new ArrayList<>();
        final CountDownLatch ended = new CountDownLatch(1);
        final Runnable whileSubscribing;

        Diary(Runnable whileSubscribing) {
            this.whileSubscribing = whileSubscribing;
        }

        @Override
        public void onSubscribe(Subscription s) {
            lines.add("subscribing");
            s.request(1);
            whileSubscribing.run();
            lines.add("subscribed");
        }

        @Override
        public void onNext(String element) {
            lines.add(element);
        }

        @Override
        public void onError(Throwable error) {
            lines.add("error " + error.getMessage());
            ended.countDown();
        }

        @Override
        public void onComplete() {
            lines.add("complete");
            ended.countDown();
        }
    }

    @Test
    void signalsNothingBeforeTheSubscriptionIsMade() {
        publisher.attach(new EmbeddedChannel().eventLoop());
        publisher.offer("a");
        Diary diary = new Diary(publisher::complete);
        publisher.subscribe(diary);
        assertThat(diary.lines).containsExactly("subscribing", "subscribed", "a", "complete");
    }

    @Test
    void tellsALateSubscriberThatNoConnectionCameAbout() {
        publisher.failUnattached(new IllegalStateException("nobody home"));
        Diary diary = new Diary(() -> {});
        publisher.subscribe(diary);
        assertThat(diary.lines).containsExactly("subscribing", "subscribed", "error nobody home");
    }

    @Test
    void takesBadDemandBeforeThereIsALoopAsACancellation() {
        publisher.whenCancelledBeforeAttach(cancels::incrementAndGet);
        Recorder<String> recorder = new Recorder<>(0);
        publisher.subscribe(recorder);
        recorder.subscription.request(0);
        assertThat(recorder.errors).hasSize(1);
        assertThat(cancels).hasValue(1);
    }

    @Test
    void deliversWhatWaitsAfterItsLoopHasShutDown() throws Exception {
        EventExecutor loop = new DefaultEventLoop();
        Recorder<String> none = new Recorder<>(0);
        Diary diary = new Diary(() -> {});
        publisher.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription s) {
                none.onSubscribe(s);
            }

            @Override
            public void onNext(String element) {
                diary.onNext(element);
            }

            @Override
            public void onError(Throwable error) {
                diary.onError(error);
            }

            @Override
            public void onComplete() {
                diary.onComplete();
            }
        });
        loop.submit(() -> {
                    publisher.attach(loop);
                    publisher.offer("a");
                    publisher.fail(new IllegalStateException("loop gone"));
                })
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).await(LIMIT_SECONDS, TimeUnit.SECONDS);
        none.subscription.request(1);
        assertThat(diary.ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(diary.lines).containsExactly("a", "error loop gone");
        none.subscription.cancel();
    }
}
