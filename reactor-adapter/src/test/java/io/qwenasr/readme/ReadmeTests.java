package io.qwenasr.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each Java snippet of the README is a piece of code that this build compiles. */
class ReadmeTests {

    private static final Path ROOT = Path.of("..");
    private static final List<Path> SOURCES = List.of(
            Path.of("src/test/java/io/qwenasr/readme"),
            // What needs Spring Boot.
            ROOT.resolve("samples/webflux/src/test/java/io/qwenasr/samples/webflux/readme"));
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern REGION = Pattern.compile("// readme:\\w+\n(.*?)\n\\s*// readme:end", Pattern.DOTALL);

    @Test
    void showsOnlyCodeThatCompiles() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<String> compiled = new ArrayList<>();
        for (Path folder : SOURCES) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.endsWith("ReadmeTests.java"))
                        .flatMap(file -> REGION.matcher(read(file)).results())
                        .map(region -> region.group(1).stripIndent().strip())
                        .forEach(compiled::add);
            }
        }
        List<String> shown = SNIPPET.matcher(readme)
                .results()
                .map(match -> match.group(1).strip())
                .toList();
        assertThat(shown).isNotEmpty().isSubsetOf(compiled);
        assertThat(compiled).isSubsetOf(shown);
    }

    @Test
    void beginsWithASnippetOfTwelveLines() throws IOException {
        Matcher first = SNIPPET.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(first.find()).isTrue();
        assertThat(first.group(1).lines()).hasSizeLessThanOrEqualTo(12);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
