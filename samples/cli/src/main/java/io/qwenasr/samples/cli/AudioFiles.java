package io.qwenasr.samples.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The audio files of a directory: those with the extension of one, that are not hidden. */
final class AudioFiles {

    private static final Set<String> EXTENSIONS = Set.of("wav", "wave", "aif", "aiff", "aifc", "au", "snd");

    private AudioFiles() {}

    /** For people. */
    static String extensions() {
        return ".wav, .wave, .aif, .aiff, .aifc, .au or .snd";
    }

    /** In the order of their names; links to directories below this one are not followed. */
    static List<Path> in(Path directory, boolean recursive) {
        try {
            Path real = directory.toRealPath();
            try (Stream<Path> found = Files.walk(real, recursive ? Integer.MAX_VALUE : 1)) {
                return found.filter(AudioFiles::isAudio)
                        .map(file -> directory.resolve(real.relativize(file)))
                        .sorted()
                        .toList();
            }
        } catch (IOException | UncheckedIOException e) {
            throw new CommandFailure(
                    ExitCode.FILE_UNREADABLE,
                    "cannot list the directory " + directory + ": " + ErrorReport.fileReasonOf(e),
                    e);
        }
    }

    private static boolean isAudio(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        int dot = name.lastIndexOf('.');
        return dot > 0
                && !name.startsWith(".")
                && EXTENSIONS.contains(name.substring(dot + 1))
                && Files.isRegularFile(file);
    }
}
