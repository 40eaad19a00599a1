package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSessionSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/**
 * A transcriber on the network: the hosted Qwen-ASR-Realtime service, or any server of its protocol.
 *
 * <p>Immutable and safe to share. Each subscription opens one WebSocket, runs one session and closes it;
 * there are no threads of its own, since it runs on the event loops of its {@link HttpClient}.
 *
 * <ul>
 *   <li><b>Threads</b>: events are emitted on the session's event loop, so subscribers must not block; put
 *       {@code publishOn} before blocking code. Audio is requested on that loop too: a source that reads
 *       files or devices must do so elsewhere ({@code subscribeOn(Schedulers.boundedElastic())}). Until the
 *       connection is up, errors may come from other threads.
 *   <li><b>Demand</b>: as described for {@link io.qwenasr.session.ClientSession}. The audio is subscribed to
 *       at once, but nothing is requested before the session is ready.
 *   <li><b>Cancellation</b>: at once, from any thread: the audio is cancelled and Close(1000) sent. To stop
 *       gracefully, complete the audio instead: {@code audio.takeUntilOther(stop)}.
 *   <li><b>Errors</b>: {@link io.qwenasr.QwenAsrException}s, and whatever the audio or the key supplier fails
 *       with, as it is.
 * </ul>
 *
 * @since 0.1.0
 */
public final class QwenAsrClient implements Transcriber {

    /** The stable alias of the service's real-time recognition model. */
    public static final String DEFAULT_MODEL = "qwen3-asr-flash-realtime";

    private final ClientConfig config;

    private QwenAsrClient(ClientConfig config) {
        this.config = config;
    }

    /**
     * Returns a builder.
     *
     * @param endpoint where the service listens
     * @return a new builder
     */
    public static Builder builder(Endpoint endpoint) {
        return new Builder(endpoint);
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return new ClientSessionFlux(
                config, Objects.requireNonNull(audio, "audio"), Objects.requireNonNull(options, "options"));
    }

    /**
     * Returns where the service listens.
     *
     * @return the endpoint that the client was built for
     */
    public Endpoint endpoint() {
        return config.endpoint();
    }

    /** Tells endpoint and model, never the key. */
    @Override
    public String toString() {
        return "QwenAsrClient[" + config.endpoint().uri() + ", model " + config.model() + "]";
    }

    /**
     * Collects the settings of a client. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private final Endpoint endpoint;
        private @Nullable String model;
        private @Nullable Supplier<String> apiKey;
        private @Nullable String workspace;
        private boolean dataInspection;
        private String userAgent = UserAgent.DEFAULT;
        private @Nullable HttpClient httpClient;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private @Nullable Duration connectTimeout;
        private int maxFrameBytes = 1 << 20;
        private ClientSessionSettings session = ClientSessionSettings.DEFAULTS;

        private Builder(Endpoint endpoint) {
            this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        }

        /**
         * Sets the model for sessions whose options name none; otherwise the one in the endpoint's query, and if
         * that has none {@link #DEFAULT_MODEL}.
         *
         * @param model a model name
         * @return this builder
         */
        public Builder model(String model) {
            if (model.isBlank()) {
                throw new IllegalArgumentException("model must not be blank");
            }
            this.model = model;
            return this;
        }

        /**
         * Sets the API key.
         *
         * @param apiKey the key
         * @return this builder
         */
        public Builder apiKey(String apiKey) {
            Objects.requireNonNull(apiKey, "apiKey");
            return apiKey(() -> apiKey);
        }

        /**
         * Sets where the API key comes from; without it no key is sent, as a local server may allow.
         *
         * @param apiKey asked once for each connection, so that the key can rotate; must not block
         * @return this builder
         */
        public Builder apiKey(Supplier<String> apiKey) {
            this.apiKey = Objects.requireNonNull(apiKey, "apiKey");
            return this;
        }

        /**
         * Sends a workspace id in {@code X-DashScope-WorkSpace}.
         *
         * @param workspace the id
         * @return this builder
         */
        public Builder workspace(String workspace) {
            this.workspace = Headers.requireValue(workspace, "workspace");
            return this;
        }

        /**
         * Asks the service to inspect the data, by {@code X-DashScope-DataInspection: enable}.
         *
         * @param dataInspection whether to ask for it; false by default
         * @return this builder
         */
        public Builder dataInspection(boolean dataInspection) {
            this.dataInspection = dataInspection;
            return this;
        }

        /**
         * Sets the {@code user-agent}; this library's name and version otherwise.
         *
         * @param userAgent the value
         * @return this builder
         */
        public Builder userAgent(String userAgent) {
            this.userAgent = Headers.requireValue(userAgent, "userAgent");
            return this;
        }

        /**
         * Sets the HTTP client that connects: its proxy, TLS, resolver, metrics and event loops are used.
         *
         * <p>It should be made with {@code HttpClient.newConnection()}: a WebSocket holds its connection for its
         * whole life, and none is ever used again. With a pool, as of {@code HttpClient.create()}, its limits hold (500
         * to a host by default): a session beyond them waits, which counts as part of the handshake timeout.
         *
         * <p>By default there is no pool, and the event loops are those that reactor-netty shares: epoll on Linux,
         * where its jar is there. Io_uring is used only if a client is given here that uses it, which reactor-netty's
         * own do as soon as the jar of io_uring is there.
         *
         * @param httpClient the client; its base URL is not used
         * @return this builder
         */
        public Builder httpClient(HttpClient httpClient) {
            this.httpClient = Objects.requireNonNull(httpClient, "httpClient");
            return this;
        }

        /**
         * Sets how long name resolution, connecting, TLS and the WebSocket handshake may take together.
         *
         * @param handshakeTimeout positive; 10 s by default
         * @return this builder
         */
        public Builder handshakeTimeout(Duration handshakeTimeout) {
            this.handshakeTimeout = requirePositive(handshakeTimeout, "handshakeTimeout");
            return this;
        }

        /**
         * Sets how long connecting to one address may take, so that time is left for the other addresses of a host
         * if one does not answer. The handshake timeout goes on meanwhile.
         *
         * @param connectTimeout positive; half of the handshake timeout by default, which makes 5 s. An HTTP client
         *     that has a {@code CONNECT_TIMEOUT_MILLIS} of its own keeps that
         * @return this builder
         */
        public Builder connectTimeout(Duration connectTimeout) {
            this.connectTimeout = requirePositive(connectTimeout, "connectTimeout");
            return this;
        }

        /**
         * Sets the largest message that is accepted from the service.
         *
         * @param maxFrameBytes at least 1,024; 1 MiB by default
         * @return this builder
         */
        public Builder maxFrameBytes(int maxFrameBytes) {
            if (maxFrameBytes < 1_024) {
                throw new IllegalArgumentException("maxFrameBytes must be at least 1024, not " + maxFrameBytes);
            }
            this.maxFrameBytes = maxFrameBytes;
            return this;
        }

        /**
         * Sets the limits and timeouts of each session.
         *
         * @param session the settings
         * @return this builder
         */
        public Builder session(ClientSessionSettings session) {
            this.session = Objects.requireNonNull(session, "session");
            return this;
        }

        /**
         * Returns the client.
         *
         * @return a new client
         * @throws IllegalArgumentException if the endpoint names another model than this builder
         */
        public QwenAsrClient build() {
            HttpClient http = httpClient == null ? Transport.client() : httpClient;
            return new QwenAsrClient(new ClientConfig(
                    endpoint,
                    modelToUse(),
                    apiKey,
                    workspace,
                    dataInspection,
                    userAgent,
                    ClientConnection.prepare(
                            http, connectTimeout == null ? handshakeTimeout.dividedBy(2) : connectTimeout),
                    handshakeTimeout,
                    maxFrameBytes,
                    session,
                    MaskRandom.create()));
        }

        private String modelToUse() {
            String named = endpoint.model();
            if (model != null && named != null && !model.equals(named)) {
                throw new IllegalArgumentException(
                        "the endpoint " + endpoint.uri() + " names another model than " + model);
            }
            return Objects.requireNonNullElse(model, Objects.requireNonNullElse(named, DEFAULT_MODEL));
        }

        private static Duration requirePositive(Duration duration, String name) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, not " + duration);
            }
            return duration;
        }
    }
}
