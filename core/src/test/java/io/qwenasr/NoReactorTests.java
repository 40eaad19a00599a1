package io.qwenasr;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The core runs without Reactor; the enforcer keeps it out of the POM, this out of everything else. */
class NoReactorTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reactor.core.publisher.Flux",
                "reactor.netty.http.client.HttpClient",
                "org.springframework.http.HttpStatus"
            })
    void isNotOnTheClassPath(String type) {
        assertThatThrownBy(() -> Class.forName(type)).isInstanceOf(ClassNotFoundException.class);
    }
}
