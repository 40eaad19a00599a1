package io.qwenasr.samples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which file a path leads to, also if it is not there yet: the same for all paths to one. */
final class FileIdentity {

    private FileIdentity() {}

    /** With all links followed. */
    static Path of(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return ofName(file);
        }
    }

    /** With the links followed to the directory, not the one that the file itself may be. */
    static Path ofName(Path file) {
        Path absolute = file.toAbsolutePath();
        @Nullable Path directory = absolute.getParent();
        @Nullable Path name = absolute.getFileName();
        if (directory == null || name == null) {
            return absolute;
        }
        try {
            return directory.toRealPath().resolve(name);
        } catch (IOException e) {
            return absolute.normalize(); // its directory is still to be made, or cannot be looked into
        }
    }

    /** Whether names in a directory that can be written to are the same if only the case of their letters differs. */
    static boolean ignoresCase(Path directory) {
        try {
            Path lower = Files.createTempFile(directory, ".case", null);
            try {
                return Files.exists(
                        lower.resolveSibling(lower.getFileName().toString().toUpperCase(Locale.ROOT)));
            } finally {
                Files.delete(lower);
            }
        } catch (IOException e) {
            return false; // what cannot be written to is told when its turn comes
        }
    }
}
