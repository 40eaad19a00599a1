package io.qwenasr.samples.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key to an endpoint. Never taken from an argument, which other users of the machine could read.
 *
 * @param value the key
 * @param origin where it was found
 */
record ApiKey(String value, String origin) {

    static final String VARIABLE = "DASHSCOPE_API_KEY";

    ApiKey {
        if (!value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CommandFailure(
                    ExitCode.KEY_UNUSABLE,
                    "the API key in " + origin + " holds characters that no key has (spaces or non-ASCII)");
        }
    }

    /** The key of the file, else of the environment, else null. */
    static @Nullable ApiKey find(@Nullable Path file, Map<String, String> environment) {
        if (file != null) {
            List<String> lines = read(file);
            String first = lines.isEmpty() ? "" : lines.get(0).strip();
            if (first.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.KEY_UNUSABLE,
                        "the first line of the API key file " + file + " is empty; put the key there");
            }
            return new ApiKey(first, file.toString());
        }
        String value = environment.getOrDefault(VARIABLE, "").strip();
        return value.isEmpty() ? null : new ApiKey(value, VARIABLE);
    }

    /** All keys of a file: one a line, empty lines and those that begin with {@code #} left out. */
    static List<ApiKey> readAll(Path file) {
        List<ApiKey> keys = read(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> new ApiKey(line, file.toString()))
                .toList();
        if (keys.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.KEY_UNUSABLE, "the API key file " + file + " holds no key; put one on each line");
        }
        return keys;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.KEY_UNUSABLE, "no such API key file: " + file, e);
        } catch (IOException e) {
            String why = e instanceof AccessDeniedException ? "no permission" : "it is no text file that can be read";
            throw new CommandFailure(ExitCode.KEY_UNUSABLE, "cannot read the API key file " + file + ": " + why, e);
        }
    }

    /** Tells where it is from, never what it is. */
    @Override
    public String toString() {
        return "ApiKey[from " + origin + "]";
    }
}
