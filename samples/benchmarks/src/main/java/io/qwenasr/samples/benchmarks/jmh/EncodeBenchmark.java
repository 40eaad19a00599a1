package io.qwenasr.samples.benchmarks.jmh;

import com.google.gson.GsonBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.qwenasr.codec.AppendEncoder;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.FusedAppend;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.json.JsonMapper;

/** One append of 3,200 bytes of audio to the bytes of its JSON; to a whole masked frame where it says so. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EncodeBenchmark {

    private final byte[] array = Audio.noise(1);
    private final ByteBuffer pcm = ByteBuffer.wrap(array);
    private final ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
    private final JsonMapper jackson = JsonMapper.builder().build();
    private final FusedAppend fused = new FusedAppend(Audio.APPEND_BYTES);
    private final AppendEncoder encoder = new AppendEncoder("event_a", random());
    private long numbers;

    /** As the client has it. */
    private static SecureRandom random() {
        try {
            return SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    record Append(String event_id, String type, ByteBuffer audio) {}

    /** What this library's client does: the whole frame, masked. */
    @Benchmark
    public int qwenAsr() {
        ByteBuf frame = encoder.frame(pcm, alloc);
        int length = frame.readableBytes();
        frame.release();
        return length;
    }

    /** What this library offers to write the event alone. */
    @Benchmark
    public int qwenAsrJson() {
        ByteBuf json = ClientEvents.encodeAppend("event_a" + ++numbers, pcm, alloc);
        int length = json.readableBytes();
        json.release();
        return length;
    }

    /** Jackson, with a record, its own base64, and an array for the result. */
    @Benchmark
    public byte[] jacksonToBytes() {
        return jackson.writeValueAsBytes(new Append("event_a" + ++numbers, "input_audio_buffer.append", pcm));
    }

    /**
     * What the DashScope SDK 2.22.13 does between {@code appendAudio} and OkHttp's queue, the caller's base64 and
     * OkHttp's UTF-8 included: a map, a new Gson, a text, and that text once more for a log that is switched off.
     */
    @Benchmark
    public byte[] dashScope() {
        Map<String, Object> event = new HashMap<>();
        event.put("event_id", "event_" + UUID.randomUUID().toString().replace("-", ""));
        event.put("type", "input_audio_buffer.append");
        event.put("audio", Base64.getEncoder().encodeToString(array));
        String json = new GsonBuilder().serializeNulls().create().toJson(event);
        logged = "send message: " + json;
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Where the unused text goes, so that it is made. */
    public String logged = "";

    /** The floor of the load harness: the whole frame, masked. */
    @Benchmark
    public int floorMasked() {
        ByteBuf frame = fused.encode(array, alloc);
        int length = frame.readableBytes();
        frame.release();
        return length;
    }

    /** The JDK's base64 of the audio and nothing else. */
    @Benchmark
    public byte[] base64Only() {
        return Base64.getEncoder().encode(array);
    }
}
