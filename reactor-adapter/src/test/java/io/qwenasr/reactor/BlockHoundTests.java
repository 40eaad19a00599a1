package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The other tests would run through without a complaint, too, if BlockHound were not at work. */
class BlockHoundTests {

    @Test
    void blockingOnANonBlockingThreadIsAnErrorInThisModulesTests() {
        StepVerifier.create(Mono.fromCallable(() -> {
                            new java.util.concurrent.CountDownLatch(1)
                                    .await(1, java.util.concurrent.TimeUnit.MILLISECONDS);
                            return 1;
                        })
                        .subscribeOn(Schedulers.parallel()))
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(BlockingOperationError.class))
                .verify();
    }
}
