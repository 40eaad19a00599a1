package io.qwenasr.reactor.test;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.qwenasr.reactor.test.Faults.Act;
import io.qwenasr.reactor.test.Faults.Change;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A proxied connection and the faults that happen to it. Confined to the proxy's event loop, but for what
 * {@link ProxiedConnection} promises.
 */
final class Link implements ProxiedConnection {

    private static final Duration CLOSE_ANSWER = Duration.ofSeconds(1);
    private static final Duration FIN_ANSWER = Duration.ofSeconds(2);
    private static final String PADDING = ",\"x_padding\":\"";

    /** A message that waits for another one to pass. */
    private record Held(Moment.Event until, List<byte[]> pieces, Runnable passed) {}

    /** What becomes of a message. */
    private static final class Passage {
        private ByteBuffer payload;
        private List<byte[]> pieces;

        Passage(StreamScanner.Message message) {
            payload = message.payload();
            pieces = message.bytes();
        }

        List<byte[]> take() {
            List<byte[]> taken = pieces;
            pieces = List.of();
            return taken;
        }
    }

    private final int number;
    private final List<Fault> faults;
    private final Channel client;
    private final Map<Direction, Lane> lanes = new EnumMap<>(Direction.class);
    private final Map<Direction, Map<String, Integer>> occurrences = new EnumMap<>(Direction.class);
    private final List<Held> held = new ArrayList<>();
    private final List<Fault> happened = new CopyOnWriteArrayList<>();
    private @Nullable Channel server;
    private boolean halfOpen;
    private volatile long bytesToServer;
    private volatile long bytesToClient;
    private volatile int framesToServer;
    private volatile int framesToClient;

    Link(int number, List<Fault> faults, Channel client, long seed) {
        this.number = number;
        this.faults = faults;
        this.client = client;
        boolean frames = faults.stream().anyMatch(Faults::needsFrames);
        Random random = new Random(seed);
        for (Direction direction : Direction.values()) {
            occurrences.put(direction, new HashMap<>());
            lanes.put(direction, new Lane(direction, this, wire(direction, new Random(random.nextLong())), frames));
        }
    }

    private Wire wire(Direction direction, Random random) {
        int segment = 0;
        Duration min = Duration.ZERO;
        Duration max = Duration.ZERO;
        for (Fault fault : faults) {
            if (fault instanceof Faults.Segments segments && segments.direction() == direction) {
                segment = segments.maxBytes();
                happened(fault);
            } else if (fault instanceof Faults.Latency latency) {
                min = latency.min();
                max = latency.max();
                happened(fault);
            }
        }
        return new Wire(random, segment, min, max, () -> lane(direction).work());
    }

    Lane lane(Direction direction) {
        Lane lane = lanes.get(direction);
        if (lane == null) {
            throw new IllegalStateException("no lane " + direction);
        }
        return lane;
    }

    // ---- connecting

    /** The client is connected; nothing is read yet. */
    void accepted() {
        lane(Direction.TO_CLIENT).writeTo(client);
        lane(Direction.TO_SERVER).readFrom(client);
    }

    /** Does what happens at once; returns false if the server is not to be connected to. */
    boolean open() {
        if (!client.isActive() || lane(Direction.TO_SERVER).isDeaf()) {
            return false;
        }
        for (Fault fault : faults) {
            if (fault instanceof Faults.Refuse) {
                happened(fault);
                resetNow();
                return false;
            }
            if (fault instanceof Faults.Reject reject) {
                happened(fault);
                reject(reject);
                return false;
            }
            if (fault instanceof Faults.At at && at.moment() instanceof Moment.Connected) {
                act(at);
                if (!(at.act() instanceof Act.StopReading)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns how long to wait before anything happens. */
    Duration delay() {
        Duration delay = Duration.ZERO;
        for (Fault fault : faults) {
            if (fault instanceof Faults.Delay longer) {
                happened(fault);
                delay = delay.plus(longer.time());
            }
        }
        return delay;
    }

    void connected(Channel channel) {
        if (!client.isActive() || (lane(Direction.TO_SERVER).isDeaf() && !halfOpen)) {
            // It has ended while the server was connected to.
            channel.close();
            return;
        }
        server = channel;
        lane(Direction.TO_CLIENT).readFrom(channel);
        lane(Direction.TO_SERVER).writeTo(channel);
    }

    private void reject(Faults.Reject reject) {
        byte[] body = reject.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reject.status() + " Refused\r\n");
        reject.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
        client.pipeline().addFirst(new RequestHead(() -> {
            Lane lane = lane(Direction.TO_CLIENT);
            lane.insert(head.toString().getBytes(StandardCharsets.ISO_8859_1), false);
            lane.insert(body, false);
            lane.endSink();
        }));
        lane(Direction.TO_SERVER).swallow();
    }

    // ---- what passes

    /** Tells how far it is to the next moment in the bytes of a direction. */
    long bytesToNextMoment(Direction direction, long passed) {
        long next = Long.MAX_VALUE;
        for (Fault fault : faults) {
            if (fault instanceof Faults.At at
                    && at.moment() instanceof Moment.Bytes moment
                    && moment.direction() == direction
                    && moment.count() > passed) {
                next = Math.min(next, moment.count() - passed);
            }
        }
        return next;
    }

    void count(Direction direction, long bytes, int frames) {
        if (direction == Direction.TO_SERVER) {
            bytesToServer = bytes;
            framesToServer = frames;
        } else {
            bytesToClient = bytes;
            framesToClient = frames;
        }
    }

    void onBytes(Direction direction, int count, long passed) {
        for (Fault fault : faults) {
            if (fault instanceof Faults.At at
                    && at.moment() instanceof Moment.Bytes moment
                    && moment.direction() == direction
                    && moment.count() <= passed
                    && moment.count() > passed - count) {
                act(at);
            }
        }
    }

    void onFrames(Direction direction, int passed) {
        actAtFrames(direction, passed);
    }

    private void actAtFrames(Direction direction, int passed) {
        for (Fault fault : faults) {
            if (fault instanceof Faults.At at && at.moment().equals(new Moment.Frames(direction, passed))) {
                act(at);
            }
        }
    }

    void onUnit(Direction direction, StreamScanner.Unit unit) {
        Lane lane = lane(direction);
        if (unit instanceof StreamScanner.Head) {
            lane.enqueue(unit.bytes(), false, () -> actAtFrames(direction, 0));
        } else if (unit instanceof StreamScanner.Message message) {
            onMessage(direction, lane, message);
        } else {
            // Both: after a refusal nothing is a WebSocket.
            lanes.values().forEach(Lane::giveUpFrames);
            lane.enqueue(unit.bytes(), false, Lane::nothing);
        }
    }

    private void onMessage(Direction direction, Lane lane, StreamScanner.Message message) {
        String type = message.opcode() == WebSocketFrames.TEXT ? EventTypes.of(message.payload()) : null;
        if (type == null) {
            lane.enqueue(message.bytes(), true, Lane::nothing);
            return;
        }
        int occurrence = occurrencesOf(direction).merge(type, 1, Integer::sum);
        actAtEvent(direction, type, occurrence, true);
        if (lane.isDeaf()) {
            return;
        }
        Runnable passed = () -> {
            actAtEvent(direction, type, occurrence, false);
            release(direction, type, occurrence);
        };
        Passage passage = new Passage(message);
        for (Fault fault : faults) {
            if (fault instanceof Faults.Tamper tamper && tamper.event().matches(direction, type, occurrence)) {
                happened(fault);
                change(direction, tamper.change(), passage, passed);
            }
        }
        lane.enqueue(passage.take(), true, passed);
    }

    private Map<String, Integer> occurrencesOf(Direction direction) {
        return occurrences.computeIfAbsent(direction, none -> new HashMap<>());
    }

    private void actAtEvent(Direction direction, String type, int occurrence, boolean before) {
        for (Fault fault : faults) {
            if (fault instanceof Faults.At at
                    && at.moment() instanceof Moment.Event event
                    && event.isBefore() == before
                    && event.matches(direction, type, occurrence)) {
                act(at);
            }
        }
    }

    private void change(Direction direction, Change change, Passage passage, Runnable passed) {
        boolean masked = direction == Direction.TO_SERVER;
        if (change instanceof Change.Drop) {
            passage.pieces = List.of();
        } else if (change instanceof Change.Duplicate) {
            List<byte[]> twice = new ArrayList<>(passage.pieces);
            twice.addAll(passage.pieces);
            passage.pieces = twice;
        } else if (change instanceof Change.Late late) {
            List<byte[]> pieces = passage.take();
            client.eventLoop()
                    .schedule(
                            () -> passLate(direction, pieces, passed),
                            late.time().toNanos(),
                            TimeUnit.NANOSECONDS);
        } else if (change instanceof Change.Hold hold) {
            held.add(new Held(hold.other(), passage.take(), passed));
        } else if (change instanceof Change.Replace replace) {
            rewrite(passage, replace.change().apply(textOf(passage)), masked);
        } else if (change instanceof Change.Pad pad) {
            String json = textOf(passage);
            int end = Math.max(0, json.lastIndexOf('}'));
            rewrite(passage, json.substring(0, end) + PADDING + "x".repeat(pad.bytes()) + "\"}", masked);
        } else if (change instanceof Change.Fragment fragment) {
            passage.pieces = WebSocketFrames.fragments(passage.payload, fragment.frames(), masked);
        }
    }

    private static String textOf(Passage passage) {
        return StandardCharsets.UTF_8.decode(passage.payload.duplicate()).toString();
    }

    private static void rewrite(Passage passage, String text, boolean masked) {
        passage.payload = utf8(text);
        passage.pieces = List.of(WebSocketFrames.frame(WebSocketFrames.TEXT, passage.payload, masked));
    }

    private void passLate(Direction direction, List<byte[]> pieces, Runnable passed) {
        Lane lane = lane(direction);
        if (!lane.isDeaf()) {
            lane.enqueue(pieces, true, passed);
            lane.work();
        }
    }

    private void release(Direction direction, String type, int occurrence) {
        for (Held waiting : List.copyOf(held)) {
            if (waiting.until().matches(direction, type, occurrence)) {
                held.remove(waiting);
                lane(direction).enqueue(waiting.pieces(), true, waiting.passed());
            }
        }
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    // ---- what happens

    private void happened(Fault fault) {
        if (!happened.contains(fault)) {
            happened.add(fault);
        }
    }

    private void act(Faults.At at) {
        happened(at);
        Act act = at.act();
        Lane toClient = lane(Direction.TO_CLIENT);
        if (act instanceof Act.Reset) {
            resetNow();
        } else if (act instanceof Act.Cut) {
            cutNow();
        } else if (act instanceof Act.HalfOpen) {
            halfOpenNow();
        } else if (act instanceof Act.StopReading stop) {
            lane(stop.direction()).stop();
        } else if (act instanceof Act.SendText text) {
            toClient.insert(WebSocketFrames.frame(WebSocketFrames.TEXT, text.payload(), false), true);
        } else if (act instanceof Act.SendBinary binary) {
            toClient.insert(WebSocketFrames.frame(WebSocketFrames.BINARY, binary.payload(), false), true);
        } else if (act instanceof Act.SendRaw raw) {
            byte[] bytes = new byte[raw.bytes().remaining()];
            raw.bytes().duplicate().get(bytes);
            toClient.insert(bytes, true);
        } else if (act instanceof Act.SendClose close) {
            lane(Direction.TO_SERVER).swallowUntilClose();
            toClient.swallow();
            toClient.insert(WebSocketFrames.frame(WebSocketFrames.CLOSE, close.payload(), false), true);
            lane(Direction.TO_SERVER).endSink();
            client.eventLoop().schedule(this::cutNow, CLOSE_ANSWER.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void resetNow() {
        lanes.values().forEach(Lane::silence);
        resetNow(client);
        Channel to = server;
        if (to != null) {
            resetNow(to);
        }
    }

    private static void resetNow(Channel channel) {
        if (channel.isOpen()) {
            // Without lingering, closing means RST.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    void cutNow() {
        lanes.values().forEach(Lane::endSink);
    }

    void stopReadingNow() {
        lanes.values().forEach(Lane::stop);
    }

    void resumeNow() {
        lanes.values().forEach(Lane::resume);
    }

    void halfOpenNow() {
        halfOpen = true;
        lanes.values().forEach(Lane::silence);
    }

    /** Closes a channel whose output has ended, if its peer does not. */
    void closeSoon(Channel channel) {
        if (channel.isOpen()) {
            channel.eventLoop().schedule(() -> channel.close(), FIN_ANSWER.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    void clientGone(boolean byReset) {
        Channel to = server;
        if (halfOpen) {
            if (to != null) {
                to.close();
            }
        } else if (byReset) {
            resetNow();
        } else {
            lane(Direction.TO_CLIENT).swallow();
            lane(Direction.TO_SERVER).sourceEnded();
        }
    }

    void serverGone(boolean byReset) {
        if (byReset && !halfOpen) {
            resetNow();
        } else {
            lane(Direction.TO_SERVER).swallow();
            lane(Direction.TO_CLIENT).sourceEnded();
        }
    }

    void updateReading() {
        lanes.values().forEach(Lane::updateReading);
    }

    // ---- for tests

    @Override
    public int number() {
        return number;
    }

    @Override
    public boolean isOpen() {
        return client.isOpen();
    }

    @Override
    public long bytes(Direction direction) {
        return direction == Direction.TO_SERVER ? bytesToServer : bytesToClient;
    }

    @Override
    public int frames(Direction direction) {
        return direction == Direction.TO_SERVER ? framesToServer : framesToClient;
    }

    @Override
    public List<Fault> happened() {
        return List.copyOf(happened);
    }

    @Override
    public void reset() {
        OnLoop.run(client.eventLoop(), this::resetNow);
    }

    @Override
    public void cut() {
        OnLoop.run(client.eventLoop(), this::cutNow);
    }

    @Override
    public void halfOpen() {
        OnLoop.run(client.eventLoop(), this::halfOpenNow);
    }

    @Override
    public void stopReading() {
        OnLoop.run(client.eventLoop(), this::stopReadingNow);
    }

    @Override
    public void resume() {
        OnLoop.run(client.eventLoop(), this::resumeNow);
    }

    @Override
    public String toString() {
        return "connection " + number + " [" + bytesToServer + " bytes to the server, " + bytesToClient
                + " to the client, " + (isOpen() ? "open" : "closed") + ", happened: " + happened + "]";
    }
}
