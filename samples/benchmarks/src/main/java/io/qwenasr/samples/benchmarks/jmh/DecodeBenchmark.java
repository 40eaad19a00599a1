package io.qwenasr.samples.benchmarks.jmh;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.json.JsonMapper;

/** A partial result, as it comes in a direct buffer, to something with fields. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecodeBenchmark {

    private static final String PARTIAL = "{\"event_id\":\"event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9\","
            + "\"type\":\"conversation.item.input_audio_transcription.text\","
            + "\"item_id\":\"item_Vw5Xy6Za7Bc8De9Fg0Hi1\",\"content_index\":0,\"language\":\"zh\","
            + "\"emotion\":\"neutral\",\"text\":\"\u6211\u4eec\u628a\u5b63\u5ea6\u9884\u7b97\","
            + "\"stash\":\"\u518d\u8fc7\u4e00\u904d\u3002\"}";

    private final ByteBuf json = ByteBufUtil.writeUtf8(ByteBufAllocator.DEFAULT, PARTIAL);
    private final JsonMapper jackson = JsonMapper.builder().build();
    private final int[] item = span("item_Vw5Xy6Za7Bc8De9Fg0Hi1");
    private final int[] text = span("\u6211\u4eec\u628a\u5b63\u5ea6\u9884\u7b97");
    private final int[] stash = span("\u518d\u8fc7\u4e00\u904d\u3002");

    record Text(
            String event_id,
            String type,
            String item_id,
            int content_index,
            String language,
            String emotion,
            String text,
            String stash) {}

    record Strings(String item, String text, String stash) {}

    private static int[] span(String part) {
        int chars = PARTIAL.indexOf(part);
        return new int[] {
            PARTIAL.substring(0, chars).getBytes(StandardCharsets.UTF_8).length,
            part.getBytes(StandardCharsets.UTF_8).length
        };
    }

    /** This library. */
    @Benchmark
    public ServerEvent qwenAsr() {
        return ServerEvents.decode(json);
    }

    /** Jackson's databind from a text of the frame, as with WebFlux. */
    @Benchmark
    public Text jacksonRecordFromText() {
        return jackson.readValue(json.toString(StandardCharsets.UTF_8), Text.class);
    }

    /** Jackson's databind from an array. */
    @Benchmark
    public Text jacksonRecordFromBytes() {
        return jackson.readValue(ByteBufUtil.getBytes(json), Text.class);
    }

    /** A Gson tree from a text, as in the DashScope SDK. */
    @Benchmark
    public JsonObject gsonTree() {
        return JsonParser.parseString(json.toString(StandardCharsets.UTF_8)).getAsJsonObject();
    }

    /** The floor: only the texts that nobody can do without, from where they are known to be. */
    @Benchmark
    public Strings stringsOnly() {
        return new Strings(
                json.toString(item[0], item[1], StandardCharsets.UTF_8),
                json.toString(text[0], text[1], StandardCharsets.UTF_8),
                json.toString(stash[0], stash[1], StandardCharsets.UTF_8));
    }
}
