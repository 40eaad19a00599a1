package io.qwenasr.reactor.spring;

import io.qwenasr.reactor.Endpoint;
import io.qwenasr.session.ClientSessionSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code qwen.asr.*}, immutable.
 *
 * @param endpoint address of the service, ws or wss; the hosted service in Beijing by default
 * @param apiKey key of the service; none is sent if there is none, as a server of your own may allow
 * @param model model of sessions whose options name none; that of the endpoint, or else the client's default
 * @param workspace id of the workspace to send, if any
 * @param dataInspection whether to ask the service to inspect the data
 * @param connectTimeout how long connecting to one address of the service may take; half of the handshake's time by
 *     default
 * @param handshakeTimeout how long connecting and the WebSocket handshake may take together
 * @param maxFrameSize largest message that is accepted from the service, at least 1 KB
 * @param session limits of each session
 * @param resume what to do when a session is lost
 * @since 0.1.0
 */
@ConfigurationProperties("qwen.asr")
public record QwenAsrProperties(
        @Nullable URI endpoint,
        @Nullable String apiKey,
        @Nullable String model,
        @Nullable String workspace,
        @DefaultValue("false") boolean dataInspection,
        @Nullable Duration connectTimeout,
        @DefaultValue("10s") Duration handshakeTimeout,
        @DefaultValue("1MB") DataSize maxFrameSize,
        @DefaultValue Session session,
        @DefaultValue Resume resume) {

    /**
     * Limits of each session; see {@link ClientSessionSettings}.
     *
     * @param windowAudio how much audio may wait for the socket before no more is requested
     * @param readyTimeout how long the service may take to accept the configuration
     * @param resultTimeout how long the service may be silent while it owes a result
     * @param finishTimeout how long the service may be silent while the last results are awaited
     * @param keepAliveInterval how long the service may be silent before it is sent a Ping; zero to send none
     * @param keepAliveTimeout how long it may then take to send anything
     * @param silenceInterval sends silence each time that the source has brought no audio for that long; zero to send
     *     none
     * @since 0.1.0
     */
    public record Session(
            @DefaultValue("2s") Duration windowAudio,
            @DefaultValue("10s") Duration readyTimeout,
            @DefaultValue("60s") Duration resultTimeout,
            @DefaultValue("30s") Duration finishTimeout,
            @DefaultValue("10s") Duration keepAliveInterval,
            @DefaultValue("10s") Duration keepAliveTimeout,
            @DefaultValue("0s") Duration silenceInterval) {

        ClientSessionSettings settings() {
            return ClientSessionSettings.DEFAULTS
                    .withWindowAudio(windowAudio)
                    .withReadyTimeout(readyTimeout)
                    .withResultTimeout(resultTimeout)
                    .withFinishTimeout(finishTimeout)
                    .withKeepAliveInterval(keepAliveInterval)
                    .withKeepAliveTimeout(keepAliveTimeout)
                    .withSilenceInterval(silenceInterval);
        }
    }

    /**
     * What to do when a session is lost; see {@link io.qwenasr.reactor.resume.ResumingTranscriber}.
     *
     * @param enabled whether to go on in a new session, with the audio that has no result yet
     * @param keep how much audio is kept for that, 1 s to 10 min
     * @since 0.1.0
     */
    public record Resume(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("60s") Duration keep) {}

    Endpoint address() {
        return endpoint == null ? Endpoint.beijing() : Endpoint.of(Objects.requireNonNull(endpoint));
    }

    /** Leaves out the key. */
    @Override
    public String toString() {
        return "QwenAsrProperties[endpoint=" + address().uri() + ", apiKey=" + (apiKey == null ? "none" : "hidden")
                + ", model=" + model + ", workspace=" + workspace + ", dataInspection=" + dataInspection
                + ", connectTimeout=" + connectTimeout + ", handshakeTimeout=" + handshakeTimeout + ", maxFrameSize="
                + maxFrameSize + ", session=" + session
                + ", resume=" + resume + "]";
    }
}
