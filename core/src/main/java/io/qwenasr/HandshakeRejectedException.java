package io.qwenasr;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint answered the WebSocket handshake with something else than an upgrade.
 *
 * <p>401 and 403 mean a wrong key or no permission (how the service splits the two is undocumented), 404
 * a wrong path, 429 too many requests.
 *
 * @since 0.1.0
 */
public final class HandshakeRejectedException extends QwenAsrException {
    private static final long serialVersionUID = 1L;
    private static final Set<Integer> RETRYABLE = Set.of(408, 425, 429);
    /** The server will not learn what it does not know: a method, a version of HTTP. */
    private static final Set<Integer> FINAL = Set.of(501, 505);

    private final int status;
    private final Map<String, String> headers;
    private final @Nullable String body;

    /**
     * Creates the error.
     *
     * @param endpoint the address asked, without user information
     * @param status the HTTP status
     * @param headers response headers that help, such as {@code retry-after}; names in lower case
     * @param body the beginning of the response body, or null if there was none
     */
    public HandshakeRejectedException(String endpoint, int status, Map<String, String> headers, @Nullable String body) {
        super(message(endpoint, status, body), SessionPhase.CONNECTING, null, null);
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    private static String message(String endpoint, int status, @Nullable String body) {
        String hint =
                switch (status) {
                    case 401, 403 -> " (is the API key right, and for this region?)";
                    case 404 -> " (is the path right?)";
                    case 429 -> " (too many requests)";
                    default -> "";
                };
        return endpoint + " refused the WebSocket handshake with HTTP " + status + hint
                + (body == null || body.isBlank() ? "" : ": " + body.strip());
    }

    /**
     * Returns the HTTP status.
     *
     * @return such as 401
     */
    public int status() {
        return status;
    }

    /**
     * Returns one header of the response.
     *
     * @param name its name, in any case
     * @return its value, or null if it was absent
     */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Tells how long to wait before trying again, from the header {@code Retry-After} (RFC 9110, 10.2.3).
     *
     * @return at least zero, a date counted from now; null if the header is absent or is not understood
     */
    public @Nullable Duration retryAfter() {
        String value = header("retry-after");
        if (value == null) {
            return null;
        }
        try {
            if (value.matches("[0-9]{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value));
            }
            Duration left =
                    Duration.between(Instant.now(), ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Returns the beginning of the response body.
     *
     * @return at most a few kilobytes of text, or null if there was none
     */
    public @Nullable String body() {
        return body;
    }

    /** True for 408, 425, 429 and 5xx, other than 501 and 505. */
    @Override
    public boolean isRetryable() {
        boolean byServer = status >= 500 && status < 600 && !FINAL.contains(status);
        return byServer || RETRYABLE.contains(status);
    }
}
