package io.qwenasr.samples.webflux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What users may do.
 *
 * @param maxAudio how many bytes one session may send, as an upload or from a microphone (2 MB a minute)
 * @param maxSessions how many sessions may be open at once, of all users
 * @param maxSessionsPerClient how many of them one address may have
 * @param pageTimeout how long a page may give no sign of life before its session is ended; it is pinged three times
 *     meanwhile, which browsers answer by themselves
 * @param allowedOrigins other sites whose pages may use this application, such as {@code https://example.org}; its own
 *     page always may
 * @param gatewayKeys keys with which the gateway lets in; without any it is open to this machine only
 * @param modelFolder a Vosk model for the embedded engine, in place of the US-English one
 */
@ConfigurationProperties("captions")
record CaptionsProperties(
        @DefaultValue("256MB") DataSize maxAudio,
        @DefaultValue("200") int maxSessions,
        @DefaultValue("8") int maxSessionsPerClient,
        @DefaultValue("60s") Duration pageTimeout,
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue List<String> gatewayKeys,
        @Nullable Path modelFolder) {

    CaptionsProperties {
        if (maxAudio.toBytes() < 1) {
            throw new IllegalArgumentException("captions.max-audio must be at least 1 byte, not " + maxAudio);
        }
        if (maxSessions < 1) {
            throw new IllegalArgumentException("captions.max-sessions must be at least 1, not " + maxSessions);
        }
        if (maxSessionsPerClient < 1) {
            throw new IllegalArgumentException(
                    "captions.max-sessions-per-client must be at least 1, not " + maxSessionsPerClient);
        }
        if (pageTimeout.isNegative() || pageTimeout.isZero()) {
            throw new IllegalArgumentException("captions.page-timeout must be positive, not " + pageTimeout);
        }
        allowedOrigins = List.copyOf(allowedOrigins);
        gatewayKeys = List.copyOf(gatewayKeys);
    }

    /** Tells how many gateway keys there are, never which. */
    @Override
    public String toString() {
        return "CaptionsProperties[maxAudio=" + maxAudio + ", maxSessions=" + maxSessions + ", maxSessionsPerClient="
                + maxSessionsPerClient + ", pageTimeout=" + pageTimeout + ", allowedOrigins=" + allowedOrigins + ", "
                + gatewayKeys.size()
                + " gateway keys, modelFolder=" + modelFolder + "]";
    }
}
