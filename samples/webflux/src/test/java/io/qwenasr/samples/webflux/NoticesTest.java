package io.qwenasr.samples.webflux;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class NoticesTest {

    @Test
    void keepsOneOfATypeForAReaderThatStandsStill() {
        Notices notices = new Notices();
        AtomicInteger credit = new AtomicInteger();
        for (int i = 0; i < 200_000; i++) {
            credit.incrementAndGet();
            notices.tell("credit", () -> Map.of("bytes", credit.getAndSet(0)));
        }
        notices.tell("heard", () -> Map.of("heard_ms", 40));
        notices.complete();

        StepVerifier.create(notices.asFlux())
                .expectNext(Map.of("bytes", 200_000), Map.of("heard_ms", 40))
                .verifyComplete();
    }

    @Test
    void tellsAgainOnceThatWasTaken() {
        Notices notices = new Notices();
        StepVerifier.create(notices.asFlux(), 0)
                .then(() -> notices.tell("interrupted", () -> Map.of("n", 1)))
                .thenRequest(1)
                .expectNext(Map.of("n", 1))
                .then(() -> notices.tell("interrupted", () -> Map.of("n", 2)))
                .thenRequest(1)
                .expectNext(Map.of("n", 2))
                .then(notices::complete)
                .verifyComplete();
    }
}
