package io.qwenasr.samples.benchmarks.peer;

/** All that can be measured, by name. */
public enum Peers {
    FLOOR_BYTES("floor-bytes", "raw Netty, frames encoded beforehand"),
    FLOOR("floor", "raw Netty, append encoded into one buffer, 16 to a flush"),
    CORE("core", "this library's session handler in a bare Netty pipeline"),
    QWEN_ASR("qwen-asr", "this library: `QwenAsrClient`"),
    OPERATORS("qwen-asr-operators", "the same, paced at a speed that never waits, with `CommitBoundaries`"),
    LATEST("qwen-asr-latest", "the same with `Transcripts.latestPartial`"),
    WEBFLUX("webflux", "`ReactorNettyWebSocketClient` by hand"),
    JDK("jdk", "`java.net.http.WebSocket` by hand"),
    DASHSCOPE("dashscope", "DashScope SDK, waiting for its socket's queue"),
    DASHSCOPE_PLAIN("dashscope-plain", "DashScope SDK as documented, no waiting"),
    PACER("pacer", "no client: the harness alone");

    private final String label;
    private final String what;

    Peers(String label, String what) {
        this.label = label;
        this.what = what;
    }

    public String label() {
        return label;
    }

    public String what() {
        return what;
    }

    public Peer create() {
        return switch (this) {
            case FLOOR_BYTES -> new FloorPeer(false);
            case FLOOR -> new FloorPeer(true);
            case CORE -> new CorePeer();
            case QWEN_ASR -> new QwenAsrPeer();
            case OPERATORS -> new OperatorsPeer();
            case LATEST -> new LatestPartialPeer();
            case WEBFLUX -> new WebFluxPeer();
            case JDK -> new JdkPeer();
            case DASHSCOPE -> new DashScopePeer(true);
            case DASHSCOPE_PLAIN -> new DashScopePeer(false);
            case PACER -> new PacerPeer();
        };
    }

    public static Peers of(String label) {
        for (Peers peer : values()) {
            if (peer.label.equals(label)) {
                return peer;
            }
        }
        throw new IllegalArgumentException("no peer is called '" + label + "'");
    }
}
