package io.qwenasr.samples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which files become which.
 *
 * @param jobs in the order in which they were named
 * @param refused what became of files for whose output there is no name
 */
record BatchPlan(List<Job> jobs, List<Outcome> refused) {

    private static final String PART = ".part";
    private static final String INCOMPLETE = ".incomplete";

    private static final String UNWRITABLE =
            "its name cannot be written in this locale; set a UTF-8 locale, such as" + " LC_ALL=C.UTF-8";

    /**
     * One file to be transcribed.
     *
     * @param input the audio
     * @param output what is there, whole, once it is done
     */
    record Job(Path input, Path output) {

        /** Where the output is while it is written. */
        Path part() {
            return beside(PART);
        }

        /** Where the output is if a part of it could not be had. */
        Path incomplete() {
            return beside(INCOMPLETE);
        }

        private Path beside(String suffix) {
            return output.resolveSibling(output.getFileName() + suffix);
        }

        boolean isFinished() {
            return Files.isRegularFile(output) && !Files.exists(incomplete());
        }

        /** Gives what was written its name, at once. */
        void keep(boolean whole) throws IOException {
            Path place = whole ? output : incomplete();
            Files.move(part(), place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            if (whole) {
                Files.deleteIfExists(incomplete());
            }
        }

        /** Takes away what was not brought to its end. */
        void clean() throws IOException {
            Files.deleteIfExists(part());
        }
    }

    /**
     * Plans. A file named twice is done once; a file found in a directory keeps its path below that.
     *
     * @throws CommandFailure if a directory cannot be read or holds nothing, or two files would become one
     */
    static BatchPlan of(List<Path> sources, boolean recursive, Path outputDirectory, Format format) {
        Map<Path, Job> jobs = new LinkedHashMap<>();
        Map<Path, Outcome> refused = new LinkedHashMap<>();
        for (Path source : sources) {
            boolean directory = Files.isDirectory(source);
            for (Path input : directory ? inputs(source, recursive) : List.of(source)) {
                Path place = directory ? source.relativize(input) : input.getFileName();
                Path name = FileIdentity.ofName(input);
                try {
                    Path output = outputDirectory.resolve(place.resolveSibling(renamed(place, format)));
                    jobs.putIfAbsent(name, new Job(input, output));
                } catch (InvalidPathException e) {
                    refused.putIfAbsent(name, Outcome.failed(input, new ErrorReport(ExitCode.USAGE, UNWRITABLE)));
                }
            }
        }
        BatchPlan plan = new BatchPlan(List.copyOf(jobs.values()), List.copyOf(refused.values()));
        plan.refuseCollisions();
        return plan;
    }

    private static List<Path> inputs(Path directory, boolean recursive) {
        List<Path> found = AudioFiles.in(directory, recursive);
        if (found.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.FILE_NOT_FOUND,
                    "no audio file in the directory " + directory + ", no name ends in " + AudioFiles.extensions()
                            + (recursive ? "" : "; --recursive looks below it, too"));
        }
        return found;
    }

    private static String renamed(Path file, Format format) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return (dot > 0 ? name.substring(0, dot) : name) + "." + format.extension();
    }

    private void refuseCollisions() {
        Map<Path, Job> taken = new HashMap<>();
        Set<Path> inputs = new HashSet<>();
        for (Job job : jobs) {
            inputs.add(FileIdentity.of(job.input()));
            inputs.add(FileIdentity.ofName(job.input()));
        }
        for (Job job : jobs) {
            @Nullable Job other = taken.putIfAbsent(FileIdentity.of(job.output()), job);
            if (other != null) {
                throw collision(other, job);
            }
            for (Path written : List.of(job.output(), job.part(), job.incomplete())) {
                if (inputs.contains(FileIdentity.of(written)) || inputs.contains(FileIdentity.ofName(written))) {
                    throw new CommandFailure(
                            ExitCode.USAGE, written + " is one of the audio files; give another --output-dir");
                }
            }
        }
    }

    private static CommandFailure collision(Job one, Job other) {
        return new CommandFailure(
                ExitCode.USAGE,
                one.input() + " and " + other.input() + " would both become " + other.output()
                        + "; rename one, or give them different --output-dir");
    }

    /** How many files it is about. */
    int size() {
        return jobs.size() + refused.size();
    }

    List<Path> inputs() {
        List<Path> inputs = new ArrayList<>();
        jobs.forEach(job -> inputs.add(job.input()));
        refused.forEach(outcome -> inputs.add(outcome.input()));
        return inputs;
    }

    List<Path> outputs() {
        return jobs.stream().map(Job::output).toList();
    }

    List<Job> unfinished() {
        return jobs.stream().filter(job -> !job.isFinished()).toList();
    }

    /**
     * Makes room for the outputs.
     *
     * @throws CommandFailure if there is none, or two of them would be one file there, as the case of letters is ignored
     */
    void prepare() {
        prepare(FileIdentity::ignoresCase);
    }

    /** With the directories in which the case of letters is ignored. */
    void prepare(Predicate<Path> ignoresCase) {
        Map<String, Job> taken = new HashMap<>();
        for (Job job : jobs) {
            Path directory = directoryOf(job);
            String name = FileIdentity.ofName(job.output()).toString().toLowerCase(Locale.ROOT);
            @Nullable Job other = taken.putIfAbsent(name, job);
            if (other != null && ignoresCase.test(directory)) {
                throw collision(other, job);
            }
        }
    }

    private static Path directoryOf(Job job) {
        try {
            Path directory =
                    Files.createDirectories(job.output().toAbsolutePath().getParent());
            job.clean();
            return directory;
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.OUTPUT_FAILED, "cannot write to " + job.output() + ": " + ErrorReport.fileReasonOf(e), e);
        }
    }
}
