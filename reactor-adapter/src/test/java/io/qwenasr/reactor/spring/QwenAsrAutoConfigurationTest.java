package io.qwenasr.reactor.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.observation.ObservedTranscriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

/** What Spring Boot makes of the library. */
class QwenAsrAutoConfigurationTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String KEY = "sk-0a1b2c3d4e5f";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(QwenAsrAutoConfiguration.class, QwenAsrHealthAutoConfiguration.class));

    private static Flux<ByteBuffer> audio() {
        return Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200));
    }

    private static RunningServer server() {
        return QwenAsrServer.builder(ScriptedTranscriber.finals("one"))
                .apiKeys(List.of(KEY))
                .build()
                .start()
                .block(LIMIT);
    }

    @Test
    void isFoundBySpringBoot() throws IOException {
        try (InputStream imports = getClass()
                .getResourceAsStream(
                        "/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports")) {
            assertThat(new String(imports.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .containsExactly(
                            QwenAsrAutoConfiguration.class.getName(), QwenAsrHealthAutoConfiguration.class.getName());
        }
    }

    @Test
    void makesAClientOfTheHostedServiceByDefault() {
        runner.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(QwenAsrClient.class);
            assertThat(context.getBean(QwenAsrClient.class).toString())
                    .contains(Endpoint.beijing().uri().toString(), QwenAsrClient.DEFAULT_MODEL);
            assertThat(context.getBean(Transcriber.class)).isNotNull();
        });
    }

    @Test
    void takesItsSettingsFromProperties() {
        runner.withPropertyValues(
                        "qwen.asr.endpoint=ws://localhost:8080/asr",
                        "qwen.asr.api-key=" + KEY,
                        "qwen.asr.model=other",
                        "qwen.asr.handshake-timeout=3s",
                        "qwen.asr.max-frame-size=256KB",
                        "qwen.asr.session.result-timeout=20s",
                        "qwen.asr.resume.enabled=true",
                        "qwen.asr.resume.keep=2m")
                .run(context -> {
                    QwenAsrProperties properties = context.getBean(QwenAsrProperties.class);
                    assertThat(properties.handshakeTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(properties.maxFrameSize().toKilobytes()).isEqualTo(256);
                    assertThat(properties.session().settings().resultTimeout()).isEqualTo(Duration.ofSeconds(20));
                    assertThat(properties.resume().keep()).isEqualTo(Duration.ofMinutes(2));
                    assertThat(properties.toString()).contains("apiKey=hidden").doesNotContain(KEY);
                    assertThat(context.getBean(QwenAsrClient.class).toString())
                            .isEqualTo("QwenAsrClient[ws://localhost:8080/asr, model other]");
                });
    }

    @Test
    void defaultsAreThoseOfTheBuilder() {
        runner.run(context -> assertThat(
                        context.getBean(QwenAsrProperties.class).session().settings())
                .isEqualTo(io.qwenasr.session.ClientSessionSettings.DEFAULTS));
    }

    @Test
    void takesTheModelOfTheEndpointIfNoneIsNamed() {
        runner.withPropertyValues("qwen.asr.endpoint=ws://localhost:8080/asr?model=mine")
                .run(context -> assertThat(context.getBean(QwenAsrClient.class).toString())
                        .contains("model mine"));
    }

    @Test
    void saysWhatIsWrongWithAProperty() {
        runner.withPropertyValues("qwen.asr.session.silence-interval=1ms")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("silenceInterval must be zero or at least 100 ms"));
    }

    @Test
    void transcribesAndTellsItsHealthWithoutAConnectionOfItsOwn() {
        RunningServer server = server();
        runner.withPropertyValues("qwen.asr.endpoint=" + server.endpoint().uri(), "qwen.asr.api-key=" + KEY)
                .run(context -> {
                    HealthIndicator health = context.getBean("qwenAsrHealthIndicator", HealthIndicator.class);
                    assertThat(health.health().getStatus()).isEqualTo(Status.UNKNOWN);

                    Transcriber asr = context.getBean(Transcriber.class);
                    assertThat(asr.transcribe(audio()).collectList().block(LIMIT))
                            .isNotEmpty();
                    Health after = health.health();
                    assertThat(after.getStatus()).isEqualTo(Status.UP);
                    assertThat(after.getDetails())
                            .containsEntry("endpoint", server.endpoint().uri().toString())
                            .containsEntry("activeSessions", 0)
                            .containsEntry("latestSession", "completed");
                    assertThat(after.toString()).doesNotContain(KEY);

                    server.stop(Duration.ZERO).block(LIMIT);
                    asr.transcribe(audio()).onErrorComplete().blockLast(LIMIT);
                    Health lost = health.health();
                    assertThat(lost.getStatus()).isEqualTo(Status.UNKNOWN);
                    assertThat(lost.getDetails())
                            .containsEntry("latestSession", "failed")
                            .containsEntry("failure", "ConnectException")
                            .containsEntry("activeSessions", 0);
                });
    }

    @Test
    void countsActiveSessions() {
        SessionStatistics statistics = new SessionStatistics();
        var session = statistics
                .around((audio, options) -> Flux.<TranscriptionEvent>just(new TranscriptionEvent.SessionReady("s", "m"))
                        .concatWith(Flux.never()))
                .transcribe(Flux.<AudioSignal>empty(), SessionOptions.defaults())
                .subscribe();
        assertThat(statistics.active()).isEqualTo(1);
        session.dispose();
        assertThat(statistics.active()).isZero();
        assertThat(statistics.outcome().latest()).isEqualTo(SessionStatistics.Latest.CANCELLED);
    }

    @Test
    void learnsNothingOfTheServiceFromACallerThatLeavesBeforeItAnswers() {
        SessionStatistics statistics = new SessionStatistics();
        statistics
                .around((audio, options) -> Flux.never())
                .transcribe(Flux.<AudioSignal>empty(), SessionOptions.defaults())
                .subscribe()
                .dispose();
        assertThat(statistics.active()).isZero();
        assertThat(statistics.outcome().latest()).isEqualTo(SessionStatistics.Latest.NONE);
    }

    @Test
    void learnsNothingOfTheServiceFromAudioThatFails() {
        SessionStatistics statistics = new SessionStatistics();
        IllegalStateException broken = new IllegalStateException("no such file");
        statistics
                .around((audio, options) -> Flux.from(audio).thenMany(Flux.empty()))
                .transcribe(Flux.<AudioSignal>error(broken), SessionOptions.defaults())
                .onErrorComplete()
                .blockLast();
        assertThat(statistics.active()).isZero();
        assertThat(statistics.outcome().latest()).isEqualTo(SessionStatistics.Latest.NONE);
    }

    @Test
    void hasNoHealthIndicatorIfThatIsSwitchedOff() {
        runner.withPropertyValues("management.health.qwen-asr.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    }

    @Test
    void backsOffBeforeATranscriberOfTheUsers() {
        ScriptedTranscriber mine = ScriptedTranscriber.finals("mine");
        runner.withBean("mine", ScriptedTranscriber.class, () -> mine).run(context -> {
            assertThat(context)
                    .doesNotHaveBean(QwenAsrClient.class)
                    .doesNotHaveBean(HealthIndicator.class)
                    .hasSingleBean(Transcriber.class);
            assertThat(context.getBean(Transcriber.class)).isSameAs(mine);
        });
    }

    @Test
    void leavesTheChoiceBetweenSeveralClientsToTheUser() {
        QwenAsrClient beijing =
                QwenAsrClient.builder(Endpoint.of("ws://localhost:1/beijing")).build();
        QwenAsrClient singapore =
                QwenAsrClient.builder(Endpoint.of("ws://localhost:1/singapore")).build();
        runner.withBean("beijing", QwenAsrClient.class, () -> beijing)
                .withBean("singapore", QwenAsrClient.class, () -> singapore)
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(HealthIndicator.class);
                    assertThat(context.getBeansOfType(Transcriber.class)).containsOnlyKeys("beijing", "singapore");
                });
        runner.withBean("beijing", QwenAsrClient.class, () -> beijing)
                .withBean("singapore", QwenAsrClient.class, () -> singapore, bean -> bean.setPrimary(true))
                .run(context -> assertThat(
                                context.getBean(HealthIndicator.class).health().getDetails())
                        .containsEntry("endpoint", "ws://localhost:1/singapore"));
    }

    @Test
    void decoratesAClientOfTheUsers() {
        QwenAsrClient mine =
                QwenAsrClient.builder(Endpoint.of("ws://localhost:1/mine")).build();
        runner.withBean("mine", QwenAsrClient.class, () -> mine)
                .withPropertyValues("qwen.asr.resume.enabled=true")
                .run(context -> {
                    assertThat(context.getBean(QwenAsrClient.class)).isSameAs(mine);
                    assertThat(context.getBean(Transcriber.class)).isNotSameAs(mine);
                    assertThat(context.getBean(HealthIndicator.class).health().getDetails())
                            .containsEntry("endpoint", "ws://localhost:1/mine");
                });
    }

    @Test
    void resumesOnlyIfAskedTo() {
        ApplicationContextRunner bare =
                runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health", "io.micrometer"));
        bare.run(context -> assertThat(context.getBean(Transcriber.class)).isInstanceOf(QwenAsrClient.class));
        bare.withPropertyValues("qwen.asr.resume.enabled=true")
                .run(context -> assertThat(context.getBean(Transcriber.class)).isInstanceOf(ResumingTranscriber.class));
    }

    @Test
    void tellsMicrometerWhereItIsThere() {
        RunningServer server = server();
        TestObservationRegistry observations = TestObservationRegistry.create();
        MeterRegistry meters = new SimpleMeterRegistry();
        runner.withBean(ObservationRegistry.class, () -> observations)
                .withBean(MeterRegistry.class, () -> meters)
                .withPropertyValues("qwen.asr.endpoint=" + server.endpoint().uri(), "qwen.asr.api-key=" + KEY)
                .run(context ->
                        context.getBean(Transcriber.class).transcribe(audio()).blockLast(LIMIT));
        server.stop(Duration.ZERO).block(LIMIT);

        TestObservationRegistryAssert.assertThat(observations)
                .hasObservationWithNameEqualTo("qwen.asr.session")
                .that()
                .hasBeenStopped()
                .hasLowCardinalityKeyValue("qwen.asr.outcome", "completed");
        assertThat(meters.get("qwen.asr.events").tag("type", "final").counter().count())
                .isEqualTo(1);
    }

    @Test
    void isNotObservedWithoutARegistry() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                .run(context -> assertThat(context.getBean(Transcriber.class))
                        .isNotInstanceOf(ObservedTranscriber.class)
                        .isInstanceOf(QwenAsrClient.class));
    }

    @Test
    void runsOnTheEventLoopsOfTheApplicationAndItsCustomizedHttpClient() {
        RunningServer server = server();
        LoopResources loops = LoopResources.create("of-the-application", 1, true);
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setLoopResources(loops);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        List<String> order = new ArrayList<>();
        Sinks.Empty<Void> closed = Sinks.empty();
        runner.withBean(ReactorResourceFactory.class, () -> factory)
                .withBean("a", QwenAsrHttpClientCustomizer.class, () -> client -> {
                    order.add("a");
                    return client.doOnConnected(c -> {
                        threads.add(Thread.currentThread().getName());
                        c.channel().closeFuture().addListener(end -> closed.tryEmitEmpty());
                    });
                })
                .withPropertyValues("qwen.asr.endpoint=" + server.endpoint().uri(), "qwen.asr.api-key=" + KEY)
                .run(context -> context.getBean(Transcriber.class)
                        .transcribe(audio())
                        .doOnNext(event -> threads.add(Thread.currentThread().getName()))
                        .blockLast(LIMIT));
        // Before its event loops end.
        closed.asMono().block(LIMIT);
        server.stop(Duration.ZERO).block(LIMIT);
        loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT.plusSeconds(10));

        assertThat(order).containsExactly("a");
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("of-the-application"));
    }

    @Test
    void worksWhereOnlySpringBootIs() {
        runner.withClassLoader(new FilteredClassLoader(
                        "io.micrometer",
                        "org.springframework.http",
                        "org.springframework.boot.health",
                        "org.springframework.boot.actuate"))
                .run(context -> {
                    assertThat(context).hasNotFailed().hasBean("qwenAsrClient");
                    assertThat(context.getBean(Transcriber.class)).isInstanceOf(QwenAsrClient.class);
                    assertThat(context).doesNotHaveBean("qwenAsrHealthIndicator");
                });
    }

    @Test
    void hidesTheKeyFromTheActuatorEvenIfItShowsValues() {
        runner.withPropertyValues("qwen.asr.api-key=" + KEY).run(context -> {
            SanitizingFunction hide = context.getBean(SanitizingFunction.class);
            for (String name : List.of("qwen.asr.api-key", "qwen.asr.apiKey", "QWEN_ASR_APIKEY", "QWEN_ASR_API_KEY")) {
                assertThat(hide.apply(new SanitizableData(null, name, KEY)).getValue())
                        .as(name)
                        .isEqualTo(SanitizableData.SANITIZED_VALUE);
            }
            assertThat(hide.apply(new SanitizableData(null, "DASHSCOPE_API_KEY", KEY))
                            .getValue())
                    .isEqualTo(SanitizableData.SANITIZED_VALUE);
            assertThat(hide.apply(new SanitizableData(null, "qwen.asr.model", "m"))
                            .getValue())
                    .isEqualTo("m");
        });
    }

    @Test
    void editorsKnowTheProperties() throws IOException {
        try (InputStream json = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            String metadata = new String(json.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> property : Map.of(
                            "qwen.asr.endpoint", "Address of the service",
                            "qwen.asr.api-key", "Key of the service",
                            "qwen.asr.session.result-timeout", "How long the service may be silent",
                            "qwen.asr.resume.enabled", "Whether to go on in a new session")
                    .entrySet()) {
                assertThat(metadata)
                        .contains("\"" + property.getKey() + "\"")
                        .containsIgnoringCase(property.getValue());
            }
        }
    }
}
