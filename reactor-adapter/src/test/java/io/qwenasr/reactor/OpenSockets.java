package io.qwenasr.reactor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** This process's TCP sockets, where Linux shows them; elsewhere there seem to be none. */
public final class OpenSockets {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int LOCAL_COLUMN = 1;
    private static final int REMOTE_COLUMN = 2;
    private static final int INODE_COLUMN = 9;

    private OpenSockets() {}

    /** Returns them with the addresses of both ends in hexadecimal. */
    public static Set<String> now() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Set.of();
        }
        Set<String> open;
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            open = all.map(OpenSockets::target).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.of("tcp", "tcp6")
                .flatMap(OpenSockets::table)
                .map(line -> line.split("\\s+", -1))
                .filter(columns -> open.contains("socket:[" + columns[INODE_COLUMN] + "]"))
                .map(columns ->
                        columns[LOCAL_COLUMN] + " to " + columns[REMOTE_COLUMN] + ", inode " + columns[INODE_COLUMN])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns those that were not there before. */
    public static Set<String> since(Set<String> before) {
        Set<String> more = now();
        more.removeAll(before);
        return more;
    }

    private static Stream<String> table(String protocol) {
        try {
            return Files.readAllLines(Path.of("/proc/self/net", protocol)).stream()
                    .skip(1)
                    .map(String::strip);
        } catch (IOException noSuchProtocolHere) {
            return Stream.empty();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
