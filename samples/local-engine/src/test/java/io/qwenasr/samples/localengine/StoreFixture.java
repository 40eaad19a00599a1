package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Two small packages and an npm that serves them, in a folder; the same folder always gives the same ones. */
final class StoreFixture {

    private static final int BIG = 9 << 20;

    final Path folder;
    final Path cache;
    final ModelPackage vosk;
    final ModelPackage silero;

    StoreFixture(Path folder) throws IOException {
        this.folder = folder;
        this.cache = folder.resolve("cache");
        byte[] weights = new byte[BIG];
        new Random(1).nextBytes(weights);
        Map<String, byte[]> model = new TreeMap<>();
        model.put("package/model/am/final.mdl", weights);
        model.put("package/model/conf/model.conf", utf8("--beam=10.0\n# a note\n--max-active=3000\n"));
        model.put("package/model/not-wanted", utf8("x"));
        model.put("package/model/../../../escaped", utf8("x"));
        vosk = new ModelPackage(
                "small model",
                "vosk@1.0.0",
                tarball("vosk.tgz", model),
                BIG,
                "package/model/",
                List.of("am/final.mdl", "conf/model.conf"),
                "vosk-test-1",
                Map.of("conf/model.conf", Map.of("beam", "12.0", "lattice-beam", "4.0")));
        silero = new ModelPackage(
                "small vad",
                "silero@1.0.0",
                tarball("silero.tgz", Map.of("package/vad.onnx", utf8("onnx"))),
                4,
                "package/",
                List.of("vad.onnx"),
                "silero-test-1",
                Map.of());
    }

    private String tarball(String name, Map<String, byte[]> files) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            try (OutputStream out = Files.newOutputStream(file);
                    TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(out))) {
                for (Map.Entry<String, byte[]> content : files.entrySet()) {
                    TarArchiveEntry entry = new TarArchiveEntry(content.getKey());
                    entry.setSize(content.getValue().length);
                    entry.setModTime(0);
                    tar.putArchiveEntry(entry);
                    tar.write(content.getValue());
                    tar.closeArchiveEntry();
                }
            }
        }
        return Tarball.sha512(file, bytes -> {});
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** An npm that runs the given shell lines and then serves the package. */
    Npm npm(String lines) throws IOException {
        return script(lines + "\necho \"$2\" >> '" + folder + "/calls'\ncp '" + folder + "'/\"${2%@*}\".tgz .\n");
    }

    Npm script(String lines) throws IOException {
        Path script = Files.createTempFile(folder, "npm", ".sh");
        Files.writeString(script, lines);
        return new Npm(List.of("sh", script.toString()), Duration.ofSeconds(60));
    }

    ModelStore store(Npm npm) {
        return store(npm, SetupProgress.none());
    }

    ModelStore store(Npm npm, SetupProgress progress) {
        return new ModelStore(cache, null, npm, vosk, silero, progress);
    }

    List<String> calls() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /** Everything in the cache, by path. */
    List<String> cached() throws IOException {
        try (var files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> cache.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
