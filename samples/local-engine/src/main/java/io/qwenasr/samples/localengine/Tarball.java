package io.qwenasr.samples.localengine;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** A gzipped tar file as npm packs it. */
final class Tarball {

    private static final int BUFFER = 1 << 16;
    private static final long REPORT_EVERY = 4 << 20;

    private Tarball() {}

    /** SHA-512 of the file in Base64. */
    static String sha512(Path file, LongConsumer progress) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
        try (InputStream in = Files.newInputStream(file)) {
            copy(in, (buffer, length) -> digest.update(buffer, 0, length), progress, 0);
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    /**
     * Unpacks the named files and nothing else, so that no entry can leave the target folder.
     *
     * @throws IOException also if one of the files is not in the tarball
     */
    static void unpack(Path tarball, String prefix, List<String> files, Path target, LongConsumer progress)
            throws IOException {
        Set<String> wanted = new HashSet<>(files);
        long done = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tarball));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName();
                if (!entry.isFile() || !name.startsWith(prefix) || !wanted.remove(name.substring(prefix.length()))) {
                    continue;
                }
                Path file = target.resolve(name.substring(prefix.length()));
                Files.createDirectories(file.getParent());
                try (OutputStream out = Files.newOutputStream(file)) {
                    done = copy(tar, (buffer, length) -> out.write(buffer, 0, length), progress, done);
                }
            }
        }
        if (!wanted.isEmpty()) {
            throw new IOException("the package lacks " + String.join(", ", wanted));
        }
    }

    private static long copy(InputStream in, Sink sink, LongConsumer progress, long done) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long total = done;
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            sink.accept(buffer, length);
            if ((total + length) / REPORT_EVERY != total / REPORT_EVERY) {
                progress.accept(total + length);
            }
            total += length;
        }
        return total;
    }

    @FunctionalInterface
    private interface Sink {
        void accept(byte[] buffer, int length) throws IOException;
    }
}
