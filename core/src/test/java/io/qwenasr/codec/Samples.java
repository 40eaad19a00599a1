package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The protocol's sample events and flows, and buffers of every kind to put them in. */
final class Samples {

    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Samples() {}

    static Path directory(String name) {
        try {
            return Path.of(Samples.class.getResource("/protocol/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Path> files(String directory) {
        try (Stream<Path> files = Files.list(directory(directory))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String event(String name) {
        return read(directory("events").resolve(name + ".json"));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode tree(String json) {
        return MAPPER.readTree(json);
    }

    static ByteBuf heap(String json) {
        return Unpooled.wrappedBuffer(json.getBytes(UTF_8));
    }

    /** The same bytes in a heap array, in the middle of one, in direct memory, and in two pieces. */
    static List<ByteBuf> everyKind(byte[] json) {
        ByteBuf slice = Unpooled.buffer();
        slice.writeBytes("}{\"".getBytes(UTF_8)).writeBytes(json).writeBytes("{\"x".getBytes(UTF_8));
        slice.setIndex(3, 3 + json.length);
        ByteBuf direct = Unpooled.directBuffer();
        direct.writeBytes("}{\"".getBytes(UTF_8)).writeBytes(json).skipBytes(3);
        int middle = json.length / 2;
        ByteBuf pieces = Unpooled.compositeBuffer()
                .addComponents(
                        true,
                        Unpooled.copiedBuffer(json, 0, middle),
                        Unpooled.copiedBuffer(json, middle, json.length - middle));
        return List.of(Unpooled.wrappedBuffer(json), slice, direct, pieces);
    }

    static ServerEvent server(String json) {
        return ServerEvents.decode(heap(json));
    }

    static ClientEvent client(String json) {
        return ClientEvents.decode(heap(json));
    }

    static String text(ByteBuf encoded) {
        try {
            return encoded.toString(UTF_8);
        } finally {
            encoded.release();
        }
    }
}
