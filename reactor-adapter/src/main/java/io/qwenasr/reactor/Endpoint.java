package io.qwenasr.reactor;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a service that speaks the Qwen-ASR-Realtime protocol listens.
 *
 * <p>API keys are bound to a region. The hosted addresses are those of the service's documentation of
 * November 2026; any other server is named by {@link #of(URI)}.
 *
 * @param uri a {@code ws} or {@code wss} address with a host; it may have a query, but no fragment and no
 *     user information. A {@code model} in the query is the one of clients that name none
 * @since 0.1.0
 */
public record Endpoint(URI uri) {

    /** Path of the protocol on every known host. */
    public static final String PATH = "/api-ws/v1/realtime";

    private static final String MODEL = "model=";

    /** Refuses addresses that cannot be a WebSocket's. */
    public Endpoint {
        Objects.requireNonNull(uri, "uri");
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("ws") && !scheme.equals("wss")) {
            throw new IllegalArgumentException(
                    "an endpoint must begin with ws:// or wss://, but its scheme is '" + scheme + "'");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("an endpoint needs a host, such as wss://host" + PATH);
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "an endpoint must not hold a user or password; the API key is given to the client");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("an endpoint must not have a fragment");
        }
    }

    /**
     * Returns the Beijing endpoint.
     *
     * @return {@code wss://dashscope.aliyuncs.com/api-ws/v1/realtime}
     */
    public static Endpoint beijing() {
        return hosted("dashscope.aliyuncs.com");
    }

    /**
     * Returns the Beijing endpoint of a workspace, which the service recommends.
     *
     * @param workspaceId the workspace's id: letters, digits and hyphens
     * @return {@code wss://{workspaceId}.cn-beijing.maas.aliyuncs.com/api-ws/v1/realtime}
     */
    public static Endpoint beijingWorkspace(String workspaceId) {
        return hosted(requireLabel(workspaceId) + ".cn-beijing.maas.aliyuncs.com");
    }

    /**
     * Returns the Singapore endpoint of a workspace, which the service recommends.
     *
     * @param workspaceId the workspace's id: letters, digits and hyphens
     * @return {@code wss://{workspaceId}.ap-southeast-1.maas.aliyuncs.com/api-ws/v1/realtime}
     */
    public static Endpoint singaporeWorkspace(String workspaceId) {
        return hosted(requireLabel(workspaceId) + ".ap-southeast-1.maas.aliyuncs.com");
    }

    /**
     * Returns the older Singapore endpoint; it works, but the service advises to move to the workspace's.
     *
     * @return {@code wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime}
     */
    public static Endpoint singaporeLegacy() {
        return hosted("dashscope-intl.aliyuncs.com");
    }

    /**
     * Returns any other endpoint.
     *
     * @param uri a {@code ws} or {@code wss} address
     * @return the endpoint
     * @throws IllegalArgumentException if it is not one
     */
    public static Endpoint of(URI uri) {
        return new Endpoint(uri);
    }

    /**
     * Returns any other endpoint.
     *
     * @param uri a {@code ws} or {@code wss} address
     * @return the endpoint
     * @throws IllegalArgumentException if it is not one
     */
    public static Endpoint of(String uri) {
        try {
            return new Endpoint(URI.create(uri));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + uri + "' is not an endpoint: " + e.getMessage(), e);
        }
    }

    private static Endpoint hosted(String host) {
        return new Endpoint(URI.create("wss://" + host + PATH));
    }

    private static String requireLabel(String workspaceId) {
        if (!workspaceId.matches("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException(
                    "a workspace id has 1 to 63 letters, digits and hyphens, not '" + workspaceId + "'");
        }
        return workspaceId;
    }

    /** Returns the model that the query names, or null. */
    @Nullable String model() {
        return parameters()
                .filter(Endpoint::isModel)
                .findFirst()
                .map(parameter ->
                        URLDecoder.decode(parameter.substring(parameter.indexOf('=') + 1), StandardCharsets.UTF_8))
                .orElse(null);
    }

    /** Returns the address with this model in its query, and no other. */
    URI forModel(String model) {
        String query = Stream.concat(
                        parameters().filter(parameter -> !isModel(parameter)),
                        Stream.of(MODEL + URLEncoder.encode(model, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
        String base = uri.toString();
        int end = base.indexOf('?');
        return URI.create((end < 0 ? base : base.substring(0, end)) + "?" + query);
    }

    private Stream<String> parameters() {
        String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
        return Stream.of(query.split("&")).filter(parameter -> !parameter.isEmpty());
    }

    private static boolean isModel(String parameter) {
        return parameter.startsWith(MODEL);
    }
}
