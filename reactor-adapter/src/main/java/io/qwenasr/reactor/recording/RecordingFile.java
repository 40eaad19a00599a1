package io.qwenasr.reactor.recording;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A new file that only its owner may read, where the file system knows owners. */
final class RecordingFile {

    private static final int MAX_NAMES = 1_000;
    private static final String SUFFIX = ".jsonl";

    private RecordingFile() {}

    /** A file that is open for writing. */
    record Opened(Path file, OutputStream out) {}

    /** Creates the file, with a number added to its name if that is taken. */
    static Opened create(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        FileAlreadyExistsException taken =
                new FileAlreadyExistsException(folder.resolve(name + SUFFIX).toString());
        for (int i = 1; i <= MAX_NAMES; i++) {
            Path file = folder.resolve(i == 1 ? name + SUFFIX : name + "-" + i + SUFFIX);
            try {
                var channel = Files.newByteChannel(
                        file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), ownerOnly(folder));
                return new Opened(file, new BufferedOutputStream(Channels.newOutputStream(channel), 64 << 10));
            } catch (FileAlreadyExistsException e) {
                taken = e;
            }
        }
        throw taken;
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
