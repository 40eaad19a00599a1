package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A Kaldi configuration file: lines of {@code --name=value}. */
final class ConfFile {

    private ConfFile() {}

    /** Sets options in a file, in place of values they may have there; other lines stay as they are. */
    static void set(Path file, Map<String, String> options) throws IOException {
        Map<String, String> missing = new TreeMap<>(options);
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String name =
                    line.startsWith("--") ? line.substring(2).split("=", 2)[0].strip() : "";
            String value = options.get(name);
            lines.add(value == null ? line : option(name, value));
            missing.remove(name);
        }
        missing.forEach((name, value) -> lines.add(option(name, value)));
        Files.write(file, lines);
    }

    private static String option(String name, String value) {
        return "--" + name + "=" + value;
    }
}
