package io.qwenasr.reactor.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever has neither Spring nor Micrometer misses nothing but their integration. */
class WithoutOptionalLibrariesTest {

    private static final Path CLASSES = Path.of("target/classes");

    /** Sees what the tests see, but the optional libraries, and nothing that was loaded with them. */
    private static URLClassLoader bare() throws IOException {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            String name = Path.of(entry).getFileName().toString();
            if (!name.matches("(spring|micrometer|context-propagation).*[.]jar")) {
                classPath.add(Path.of(entry).toUri().toURL());
            }
        }
        return new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    @Test
    void loadsAllOtherClasses() throws Exception {
        List<String> names;
        try (Stream<Path> files = Files.walk(CLASSES)) {
            names = files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> CLASSES.relativize(file).toString().replace('/', '.'))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .filter(name -> !name.endsWith("package-info"))
                    .filter(name -> !name.startsWith("io.qwenasr.reactor.spring."))
                    .filter(name -> !name.matches(".*\\.observation\\.(\\w*Observ\\w+|SessionMeters)(\\$.*)?"))
                    .filter(name -> !name.endsWith("CallerMdc$Restored"))
                    .toList();
        }
        assertThat(names).contains("io.qwenasr.reactor.observation.Latencies", "io.qwenasr.reactor.QwenAsrClient");
        try (URLClassLoader loader = bare()) {
            for (String name : names) {
                assertThat(Class.forName(name, true, loader).getDeclaredMethods())
                        .as(name)
                        .isNotNull();
            }
        }
    }

    @Test
    void transcribesAndMeasures() throws Exception {
        try (URLClassLoader loader = bare()) {
            assertThatThrownBy(() -> loader.loadClass("io.micrometer.context.ContextSnapshot"))
                    .isInstanceOf(ClassNotFoundException.class);
            Class<?> session = Class.forName(PlainSession.class.getName(), true, loader);
            assertThat(session.getClassLoader()).isSameAs(loader);
            Object finals = session.getMethod("run").invoke(null);
            assertThat((List<?>) finals).hasSize(1);
        }
    }

    /** Runs in a world of its own. */
    public static final class PlainSession {
        private PlainSession() {}

        /** A session over a socket, with everything that asks for optional libraries on its way. */
        public static List<String> run() {
            java.time.Duration limit = java.time.Duration.ofSeconds(20);
            io.qwenasr.reactor.RunningServer server = io.qwenasr.reactor.QwenAsrServer.builder(
                            io.qwenasr.reactor.test.ScriptedTranscriber.finals("one"))
                    .build()
                    .start()
                    .block(limit);
            try {
                ((ch.qos.logback.classic.Logger)
                                org.slf4j.LoggerFactory.getLogger(io.qwenasr.session.ClientSession.class))
                        .setLevel(ch.qos.logback.classic.Level.DEBUG);
                reactor.core.publisher.Sinks.Empty<Void> closed = reactor.core.publisher.Sinks.empty();
                reactor.netty.http.client.HttpClient http = reactor.netty.http.client.HttpClient.newConnection()
                        .doOnConnected(connection ->
                                connection.channel().closeFuture().addListener(end -> closed.tryEmitEmpty()));
                List<String> finals = io.qwenasr.reactor.observation.Latencies.of(
                                io.qwenasr.reactor.QwenAsrClient.builder(server.endpoint())
                                        .httpClient(http)
                                        .build())
                        .transcribe(reactor.core.publisher.Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200)))
                        .filter(timed -> timed.latency() != null)
                        .map(Object::toString)
                        .contextWrite(context -> context.put("any", "thing"))
                        .collectList()
                        .block(limit);
                closed.asMono().block(limit);
                return finals;
            } finally {
                server.stop(java.time.Duration.ZERO).block(limit);
                reactor.netty.http.HttpResources.disposeLoopsAndConnectionsLater(java.time.Duration.ZERO, limit)
                        .block(limit);
                reactor.core.scheduler.Schedulers.shutdownNow();
            }
        }
    }
}
