package io.qwenasr.reactor.test;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.qwenasr.reactor.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy in front of any endpoint that lets things go wrong: on the network, in the handshake and in the protocol.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.builder(server.endpoint())
 *         .connection(1, Fault.reset(Moment.clientEvent("input_audio_buffer.append", 10)))
 *         .connection(2, Fault.reject(503, Duration.ofSeconds(1)))
 *         .start()) {
 *     QwenAsrClient client = QwenAsrClient.builder(proxy.endpoint()).build();
 *     …
 * }
 * }</pre>
 *
 * <p>The n-th connection gets the n-th list of faults; without any it passes everything on, as it comes, in both
 * directions and no faster than it is taken. For a {@code wss} endpoint the bytes pass as they are, encrypted, so
 * only the faults that do not look into the WebSocket are possible, and the server's certificate has to fit
 * {@link Builder#host}.
 *
 * <p>A proxy has one thread of its own, from start to {@link #close}. {@link Builder#start}, {@link #down},
 * {@link #up} and {@link #close} wait for it, so they must not be called on an event loop. What acts on connections
 * may be called from any thread; it has been done on return, or, on a thread that must not block, is done soon after.
 *
 * @since 0.1.0
 */
public final class FaultProxy implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FaultProxy.class);
    private static final long SEED_STEP = 0x9E3779B97F4A7C15L;
    private static final long CLOSE_SECONDS = 10;

    private final Endpoint target;
    private final String host;
    private final long seed;
    private final int socketBufferBytes;
    private final Map<Integer, List<Fault>> faults;
    private final List<Fault> otherFaults;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("qwen-asr-fault-proxy", true), NioIoHandler.newFactory());
    /** Also those that are still being made; what comes when it is closed is closed, too. */
    private final ChannelGroup channels = new DefaultChannelGroup(loop.next(), true);

    private final List<Link> connections = new CopyOnWriteArrayList<>();
    private final Object listening = new Object();
    private @Nullable Channel listener;
    private int port;

    private FaultProxy(Builder builder) {
        this.target = builder.target;
        this.host = builder.host;
        this.seed = builder.seed;
        this.socketBufferBytes = builder.socketBufferBytes;
        this.faults = Map.copyOf(builder.faults);
        this.otherFaults = builder.otherFaults;
    }

    /**
     * Returns a builder.
     *
     * @param target the endpoint behind the proxy
     * @return a new builder
     */
    public static Builder builder(Endpoint target) {
        return new Builder(target);
    }

    /**
     * Returns the address clients connect to.
     *
     * @return the target with the proxy's host and port
     */
    public Endpoint endpoint() {
        URI uri = target.uri();
        String name = host.contains(":") ? "[" + host + "]" : host;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return Endpoint.of(uri.getScheme() + "://" + name + ":" + port + uri.getRawPath() + query);
    }

    /**
     * Returns the seed of all that is random.
     *
     * @return as built, or chosen at the start
     */
    public long seed() {
        return seed;
    }

    /**
     * Returns the connections that were made, in their order.
     *
     * @return one for each so far, open or not
     */
    public List<ProxiedConnection> connections() {
        return List.copyOf(connections);
    }

    /**
     * Returns one connection.
     *
     * @param number 1 for the first
     * @return the connection
     * @throws IllegalStateException if it was not made yet
     */
    public ProxiedConnection connection(int number) {
        List<ProxiedConnection> made = connections();
        if (number < 1 || number > made.size()) {
            throw new IllegalStateException("there is no connection " + number + "; " + made.size() + " were made");
        }
        return made.get(number - 1);
    }

    /**
     * Tells how many clients are connected.
     *
     * @return at least 0
     */
    public int openConnections() {
        return (int) connections.stream().filter(Link::isOpen).count();
    }

    /**
     * Tells how much was passed on by all connections.
     *
     * @param direction which way
     * @return bytes, those of the proxy itself included
     */
    public long bytes(Direction direction) {
        return connections.stream().mapToLong(link -> link.bytes(direction)).sum();
    }

    /** Resets all connections; see {@link ProxiedConnection#reset}. */
    public void resetAll() {
        onLoop(Link::resetNow);
    }

    /** Ends all connections; see {@link ProxiedConnection#cut}. */
    public void cutAll() {
        onLoop(Link::cutNow);
    }

    /** Swallows what comes by all connections; see {@link ProxiedConnection#halfOpen}. */
    public void halfOpenAll() {
        onLoop(Link::halfOpenNow);
    }

    /** Reads no more from anybody; see {@link ProxiedConnection#stopReading}. */
    public void stall() {
        onLoop(Link::stopReadingNow);
    }

    /** Reads again from everybody; see {@link ProxiedConnection#resume}. */
    public void resume() {
        onLoop(Link::resumeNow);
    }

    /**
     * Listens no more, and resets all connections: to clients it is as if no server were there. Returns when it is
     * done; {@link #up} undoes it.
     */
    public void down() {
        synchronized (listening) {
            Channel bound = listener;
            if (bound != null) {
                bound.close().syncUninterruptibly();
                listener = null;
            }
        }
        resetAll();
    }

    /**
     * Listens again, on the same port, after {@link #down}.
     *
     * @throws IllegalStateException if the port was taken by somebody else meanwhile
     */
    public void up() {
        synchronized (listening) {
            if (listener == null) {
                bind();
            }
        }
    }

    /** Resets all connections, listens no more and ends the thread. Returns when it is done. */
    @Override
    public void close() {
        down();
        // Before the loop: a loop of Netty 4.2 without a quiet period may end and leave its sockets open.
        channels.close().syncUninterruptibly();
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Override
    public String toString() {
        return "FaultProxy[" + endpoint().uri() + " -> " + target.uri() + ", seed " + seed + ", " + connections.size()
                + " connections]";
    }

    private void onLoop(Consumer<Link> action) {
        OnLoop.run(loop.next(), () -> connections.forEach(action));
    }

    private void bind() {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        accept(client);
                    }
                });
        if (socketBufferBytes > 0) {
            // On the listener, since the window is agreed on while the connection is made.
            bootstrap.option(ChannelOption.SO_RCVBUF, socketBufferBytes);
            bootstrap.childOption(ChannelOption.SO_SNDBUF, socketBufferBytes);
        }
        var bound = bootstrap.bind(host, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IllegalStateException("the proxy cannot listen on " + host + ":" + port, bound.cause());
        }
        listener = bound.channel();
        port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private void accept(SocketChannel client) {
        channels.add(client);
        int number = connections.size() + 1;
        Link link = new Link(number, faults.getOrDefault(number, otherFaults), client, seed + number * SEED_STEP);
        connections.add(link);
        client.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                link.accepted();
                long delay = link.delay().toNanos();
                if (delay == 0) {
                    open(link, client);
                } else {
                    client.eventLoop().schedule(() -> open(link, client), delay, TimeUnit.NANOSECONDS);
                }
            }
        });
        client.pipeline().addLast(new Reader(link, Direction.TO_SERVER));
    }

    private void open(Link link, Channel client) {
        if (link.open()) {
            connect(link, client);
        }
    }

    private void connect(Link link, Channel client) {
        URI uri = target.uri();
        int defaultPort = uri.getScheme().equalsIgnoreCase("wss") ? 443 : 80;
        Bootstrap bootstrap = new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new Reader(link, Direction.TO_CLIENT));
        if (socketBufferBytes > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, socketBufferBytes);
            bootstrap.option(ChannelOption.SO_SNDBUF, socketBufferBytes);
        }
        var connecting = bootstrap.connect(uri.getHost(), uri.getPort() < 0 ? defaultPort : uri.getPort());
        channels.add(connecting.channel());
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                link.connected(connecting.channel());
            } else {
                link.resetNow();
            }
        });
    }

    /** Hands what comes from one side to the link. */
    private static final class Reader extends ChannelInboundHandlerAdapter {
        private final Link link;
        private final Direction direction;
        private boolean reset;

        Reader(Link link, Direction direction) {
            this.link = link;
            this.direction = direction;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            try {
                link.lane(direction).received((ByteBuf) msg);
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            link.updateReading();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                log.warn("{} is reset, since a fault has failed", link, cause);
            }
            reset = true;
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (direction == Direction.TO_SERVER) {
                link.clientGone(reset);
            } else {
                link.serverGone(reset);
            }
        }
    }

    /**
     * Collects the settings of a proxy. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private static final int MIN_BUFFER = 1_024;

        private final Endpoint target;
        private final Map<Integer, List<Fault>> faults = new TreeMap<>();
        private List<Fault> otherFaults = List.of();
        private String host = "127.0.0.1";
        private long seed = new Random().nextLong();
        private int socketBufferBytes;

        private Builder(Endpoint target) {
            this.target = Objects.requireNonNull(target, "target");
        }

        /**
         * Sets the address to listen on; the loopback address otherwise.
         *
         * @param host a name or address of this machine
         * @return this builder
         */
        public Builder host(String host) {
            this.host = Objects.requireNonNull(host, "host");
            return this;
        }

        /**
         * Sets the faults of one connection.
         *
         * @param number which connection, 1 for the first that is made
         * @param faults what goes wrong with it; none for nothing
         * @return this builder
         * @throws IllegalArgumentException if a fault looks into the WebSocket of a {@code wss} endpoint
         */
        public Builder connection(int number, Fault... faults) {
            if (number < 1) {
                throw new IllegalArgumentException("the first connection is number 1, not " + number);
            }
            this.faults.put(number, checked(faults));
            return this;
        }

        /**
         * Sets the faults of each connection that has none of its own.
         *
         * @param faults what goes wrong with it
         * @return this builder
         * @throws IllegalArgumentException if a fault looks into the WebSocket of a {@code wss} endpoint
         */
        public Builder others(Fault... faults) {
            this.otherFaults = checked(faults);
            return this;
        }

        private List<Fault> checked(Fault... given) {
            List<Fault> list = List.of(given);
            for (Fault fault : list) {
                if (target.uri().getScheme().equalsIgnoreCase("wss") && Faults.needsFrames(fault)) {
                    throw new IllegalArgumentException(
                            "the frames of a wss endpoint are encrypted, so this cannot happen there: " + fault);
                }
            }
            return list;
        }

        /**
         * Sets the seed of latencies and sizes of segments. The n-th connection always gets the same ones from the
         * same seed.
         *
         * @param seed any number; a random one by default, told by {@link FaultProxy#toString}
         * @return this builder
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * Sets how much the system may hold for each socket of the proxy, so that it is soon felt when something is
         * not read. The system rounds it and may hold more.
         *
         * @param bytes at least 1,024; by default the system decides, and may hold megabytes
         * @return this builder
         */
        public Builder socketBufferBytes(int bytes) {
            if (bytes < MIN_BUFFER) {
                throw new IllegalArgumentException("socketBufferBytes must be at least 1024, not " + bytes);
            }
            this.socketBufferBytes = bytes;
            return this;
        }

        /**
         * Begins to listen, on any free port.
         *
         * @return the proxy, which accepts connections
         * @throws IllegalStateException if the address cannot be had
         */
        public FaultProxy start() {
            FaultProxy proxy = new FaultProxy(this);
            try {
                proxy.up();
                return proxy;
            } catch (RuntimeException failed) {
                proxy.close();
                throw failed;
            }
        }
    }
}
