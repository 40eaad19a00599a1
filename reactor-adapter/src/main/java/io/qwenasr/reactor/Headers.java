package io.qwenasr.reactor;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The headers of a handshake. */
final class Headers {

    private static final String WORKSPACE = "X-DashScope-WorkSpace";
    private static final String DATA_INSPECTION = "X-DashScope-DataInspection";

    private Headers() {}

    static void write(ClientConfig config, HttpHeaders headers, @Nullable String apiKey) {
        headers.set(HttpHeaderNames.USER_AGENT, config.userAgent());
        if (apiKey != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + apiKey);
        }
        if (config.workspace() != null) {
            headers.set(WORKSPACE, config.workspace());
        }
        if (config.dataInspection()) {
            headers.set(DATA_INSPECTION, "enable");
        }
    }

    /** Asks for the key; its value is in no message. */
    static @Nullable String readKey(@Nullable Supplier<String> supplier) {
        if (supplier == null) {
            return null;
        }
        String key = supplier.get();
        if (key == null || key.isBlank()) {
            throw new IllegalArgumentException("the API key supplier returned no key");
        }
        String stripped = key.strip();
        if (!stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "the API key holds characters that no key has (spaces, line breaks or non-ASCII)");
        }
        return stripped;
    }

    static String requireValue(String value, String name) {
        Objects.requireNonNull(value, name);
        if (value.isBlank() || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(name + " must be printable ASCII and not blank");
        }
        return value;
    }
}
