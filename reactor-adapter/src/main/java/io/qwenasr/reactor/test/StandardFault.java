package io.qwenasr.reactor.test;

import static io.qwenasr.SessionPhase.CONFIGURING;
import static io.qwenasr.SessionPhase.CONNECTING;
import static io.qwenasr.SessionPhase.FINISHING;
import static io.qwenasr.SessionPhase.STREAMING;

import io.qwenasr.SessionPhase;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ServerEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The usual faults, one for each thing that is known to go wrong, in each phase of a session in which it can.
 *
 * <pre>{@code
 * for (StandardFault fault : StandardFault.values()) {
 *     for (SessionPhase phase : fault.phases()) {
 *         test(FaultProxy.builder(endpoint).connection(1, fault.in(phase)).start());
 *     }
 * }
 * }</pre>
 *
 * <p>For the moments of the phases see {@link Moment#in}. Those about results need a transcriber that gives at least
 * two finals, and those while streaming need at least three appends.
 *
 * @since 0.1.0
 */
public enum StandardFault {

    // ---- while connecting

    /** The connection is reset as soon as it is made. */
    REFUSED(CONNECTING, Fault.refuse()),
    /** Nothing passes for 300 ms. */
    SLOW_TO_ANSWER(CONNECTING, Fault.delay(Duration.ofMillis(300))),
    /** The handshake is answered with 401. */
    HTTP_401(CONNECTING, Fault.reject(401)),
    /** The handshake is answered with 403. */
    HTTP_403(CONNECTING, Fault.reject(403)),
    /** The handshake is answered with 404. */
    HTTP_404(CONNECTING, Fault.reject(404)),
    /** The handshake is answered with 429 and Retry-After. */
    HTTP_429(CONNECTING, Fault.reject(429, Duration.ofSeconds(1))),
    /** The handshake is answered with 503 and Retry-After. */
    HTTP_503(CONNECTING, Fault.reject(503, Duration.ofSeconds(1))),
    /** The connection is reset within the answer to the handshake. */
    HANDSHAKE_RESET(CONNECTING, Fault.reset(Moment.afterBytes(Direction.TO_CLIENT, 20))),
    /** The connection ends within the answer to the handshake. */
    HANDSHAKE_CUT(CONNECTING, Fault.cut(Moment.afterBytes(Direction.TO_CLIENT, 20))),

    // ---- the network

    /** The connection is reset. */
    RESET(Set.of(CONNECTING, CONFIGURING, STREAMING, FINISHING), phase -> Fault.reset(Moment.in(phase))),
    /** The connection ends without a Close frame. */
    CUT(Set.of(CONNECTING, CONFIGURING, STREAMING, FINISHING), phase -> Fault.cut(Moment.in(phase))),
    /** Nothing passes any more, in silence. */
    HALF_OPEN(Set.of(CONNECTING, CONFIGURING, STREAMING, FINISHING), phase -> Fault.halfOpen(Moment.in(phase))),
    /** What the client sends is not read any more. */
    CLIENT_NOT_READ(
            Set.of(CONNECTING, CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.stopReading(Direction.TO_SERVER, Moment.in(phase))),
    /** What the server sends is not read any more. */
    SERVER_NOT_READ(
            Set.of(CONNECTING, CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.stopReading(Direction.TO_CLIENT, Moment.in(phase))),
    /** The answers come byte by byte. */
    ONE_BYTE_SEGMENTS(STREAMING, Fault.segments(Direction.TO_CLIENT, 1)),
    /** Everything takes 5 to 50 ms to arrive. */
    LATENCY(STREAMING, Fault.latency(Duration.ofMillis(5), Duration.ofMillis(50))),

    // ---- frames

    /** Each final is a frame of more than 64 KiB. */
    LONG_FRAMES(STREAMING, Fault.pad(Moment.eachServerEvent(ServerEvent.Completed.TYPE), 70_000)),
    /** Each final comes in five frames. */
    FRAGMENTED_FRAMES(STREAMING, Fault.fragment(Moment.eachServerEvent(ServerEvent.Completed.TYPE), 5)),
    /** An event of a type that nobody knows. */
    UNKNOWN_EVENT(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.send(Moment.in(phase), "{\"event_id\":\"event_fault\",\"type\":\"x.unknown\",\"x\":1}")),
    /** A text that is not JSON. */
    BAD_JSON(Set.of(CONFIGURING, STREAMING, FINISHING), phase -> Fault.send(Moment.in(phase), "{\"type\":")),
    /** A text that is not UTF-8. */
    BAD_UTF8(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.sendText(Moment.in(phase), new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', '}'})),
    /** A binary frame. */
    BINARY_FRAME(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.sendBinary(Moment.in(phase), new byte[] {0, 1, 2, 3})),
    /** Bytes that are no frame: of an unknown opcode. */
    NO_FRAME(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.sendRaw(Moment.in(phase), new byte[] {(byte) 0x8F, 0})),

    // ---- error events and the end

    /** An {@code error} event that does not end the session. */
    ERROR_EVENT(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.send(Moment.in(phase), error("invalid_request_error", "invalid_value"))),
    /** An {@code error} event of the service's own failure; the connection stays open. */
    FATAL_ERROR_EVENT(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.send(Moment.in(phase), error("server_error", "internal_error"))),
    /** Close with 1000. */
    CLOSE_1000(Set.of(CONFIGURING, STREAMING, FINISHING), phase -> Fault.close(Moment.in(phase), 1000, "bye")),
    /** Close with 1001. */
    CLOSE_1001(
            Set.of(CONFIGURING, STREAMING, FINISHING),
            phase -> Fault.close(Moment.in(phase), 1001, "server is stopping")),
    /** Close with 1011. */
    CLOSE_1011(
            Set.of(CONFIGURING, STREAMING, FINISHING), phase -> Fault.close(Moment.in(phase), 1011, "internal error")),
    /** Close with a private code. */
    CLOSE_4000(Set.of(CONFIGURING, STREAMING, FINISHING), phase -> Fault.close(Moment.in(phase), 4000, "")),
    /** Close without a code. */
    CLOSE_WITHOUT_CODE(Set.of(CONFIGURING, STREAMING, FINISHING), phase -> Fault.closeWithoutCode(Moment.in(phase))),

    // ---- the events of a session

    /** {@code session.created} does not come. */
    CREATED_MISSING(CONFIGURING, Fault.drop(Moment.serverEvent(ServerEvent.SessionCreated.TYPE, 1))),
    /** {@code session.created} comes after {@code session.updated}. */
    CREATED_LATE(
            CONFIGURING,
            Fault.holdUntil(
                    Moment.serverEvent(ServerEvent.SessionCreated.TYPE, 1),
                    Moment.serverEvent(ServerEvent.SessionUpdated.TYPE, 1))),
    /** {@code session.updated} does not come. */
    UPDATED_MISSING(CONFIGURING, Fault.drop(Moment.serverEvent(ServerEvent.SessionUpdated.TYPE, 1))),
    /** {@code session.updated} comes 300 ms late. */
    UPDATED_LATE(
            CONFIGURING, Fault.late(Moment.serverEvent(ServerEvent.SessionUpdated.TYPE, 1), Duration.ofMillis(300))),
    /** The first final, or all finals, do not come. */
    FINAL_MISSING(Set.of(STREAMING, FINISHING), phase -> Fault.drop(finals(phase))),
    /** The first final, or each final, comes twice. */
    FINAL_TWICE(Set.of(STREAMING, FINISHING), phase -> Fault.duplicate(finals(phase))),
    /** The first final, or each final, comes after {@code session.finished}. */
    FINAL_LATE(
            Set.of(STREAMING, FINISHING),
            phase -> Fault.holdUntil(finals(phase), Moment.serverEvent(ServerEvent.SessionFinished.TYPE, 1))),
    /** The first final comes after the second one. */
    FINALS_SWAPPED(
            STREAMING,
            Fault.holdUntil(
                    Moment.serverEvent(ServerEvent.Completed.TYPE, 1),
                    Moment.serverEvent(ServerEvent.Completed.TYPE, 2))),
    /** The first item, or each item, fails. */
    ITEM_FAILED(Set.of(STREAMING, FINISHING), phase -> Fault.replace(finals(phase), StandardFault::failed)),
    /** {@code session.finished} does not come. */
    FINISHED_MISSING(FINISHING, Fault.drop(Moment.serverEvent(ServerEvent.SessionFinished.TYPE, 1))),
    /** {@code session.finished} comes before it was asked for, or before the results. */
    FINISHED_EARLY(
            Set.of(STREAMING, FINISHING),
            phase -> Fault.send(Moment.in(phase), "{\"event_id\":\"event_fault\",\"type\":\"session.finished\"}")),
    /** {@code session.finish} does not reach the server. */
    FINISH_LOST(FINISHING, Fault.drop(Moment.clientEvent(ClientEvent.Finish.TYPE, 1)));

    // Filled by the constructor only.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<SessionPhase, Fault> faults = new EnumMap<>(SessionPhase.class);

    StandardFault(SessionPhase phase, Fault fault) {
        faults.put(phase, fault);
    }

    StandardFault(Set<SessionPhase> phases, Function<SessionPhase, Fault> fault) {
        phases.forEach(phase -> faults.put(phase, fault.apply(phase)));
    }

    /**
     * Returns the phases in which this can happen.
     *
     * @return at least one, in their order
     */
    public List<SessionPhase> phases() {
        return List.copyOf(faults.keySet());
    }

    /**
     * Returns the fault for one phase.
     *
     * @param phase one of {@link #phases}
     * @return the fault
     * @throws IllegalArgumentException if it cannot happen in that phase
     */
    public Fault in(SessionPhase phase) {
        Fault fault = faults.get(phase);
        if (fault == null) {
            throw new IllegalArgumentException(this + " can happen in " + phases() + ", not in " + phase);
        }
        return fault;
    }

    private static Moment.Event finals(SessionPhase phase) {
        return phase == STREAMING
                ? Moment.serverEvent(ServerEvent.Completed.TYPE, 1)
                : Moment.eachServerEvent(ServerEvent.Completed.TYPE);
    }

    private static String error(String type, String code) {
        return "{\"event_id\":\"event_fault\",\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"code\":\""
                + code + "\",\"message\":\"made by the fault proxy\"}}";
    }

    private static String failed(String completed) {
        return FailedItem.instead(completed.getBytes(StandardCharsets.UTF_8));
    }
}
