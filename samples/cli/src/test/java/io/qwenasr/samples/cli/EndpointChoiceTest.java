package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.samples.cli.EndpointChoice.Embedded;
import io.qwenasr.samples.cli.EndpointChoice.Remote;
import org.junit.jupiter.api.Test;

class EndpointChoiceTest {

    private static final ApiKey KEY = new ApiKey("sk-1", "DASHSCOPE_API_KEY");

    @Test
    void isTheHostedServiceWithAKeyAlone() {
        assertThat(EndpointChoice.of(null, KEY, false)).isEqualTo(new Remote(Endpoint.beijing(), KEY, true));
    }

    @Test
    void isTheEmbeddedServerWithoutAKeyOrWithAModelFolder() {
        assertThat(EndpointChoice.of(null, null, false)).isEqualTo(new Embedded());
        assertThat(EndpointChoice.of(null, KEY, true)).isEqualTo(new Embedded());
    }

    @Test
    void isTheEndpointThatIsNamed() {
        Endpoint own = Endpoint.of("ws://127.0.0.1:8080/api-ws/v1/realtime");
        assertThat(EndpointChoice.of(own.uri().toString(), KEY, false)).isEqualTo(new Remote(own, KEY, false));
        assertThat(EndpointChoice.of(own.uri().toString(), null, false)).isEqualTo(new Remote(own, null, false));
    }

    @Test
    void keysDoNotShow() {
        assertThat(EndpointChoice.of(null, KEY, false).toString())
                .doesNotContain("sk-1")
                .contains("DASHSCOPE_API_KEY");
    }
}
