package io.qwenasr.samples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which files become which.
 *
 * @param jobs in the order in which they were named
 */
record BatchPlan(List<Job> jobs) {

    /** Of a file that is being written, see {@link io.qwenasr.reactor.captions.Subtitles#writeTo}. */
    private static final String PART = ".part";

    /**
     * One file to be transcribed.
     *
     * @param input the audio
     * @param output what is there, whole, once it is done
     */
    record Job(Path input, Path output) {
        boolean isFinished() {
            return Files.isRegularFile(output);
        }

        /** Takes away what a process that was killed has left. */
        void clean() throws IOException {
            Files.deleteIfExists(output.resolveSibling(output.getFileName() + PART));
        }
    }

    /**
     * Plans. A file named twice is done once; a file found in a directory keeps its path below that.
     *
     * @throws CommandFailure if a directory cannot be read or holds nothing, or two files would become one
     */
    static BatchPlan of(List<Path> sources, boolean recursive, Path outputDirectory, Format format) {
        Map<Path, Job> jobs = new LinkedHashMap<>();
        for (Path source : sources) {
            boolean directory = Files.isDirectory(source);
            for (Path input : directory ? inputs(source, recursive) : List.of(source)) {
                Path place = directory ? source.relativize(input) : input.getFileName();
                Path output = outputDirectory.resolve(place.resolveSibling(renamed(place, format)));
                jobs.putIfAbsent(identity(input), new Job(input, output));
            }
        }
        BatchPlan plan = new BatchPlan(List.copyOf(jobs.values()));
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

    private static Path identity(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize(); // it fails when its turn comes
        }
    }

    private void refuseCollisions() {
        Map<Path, Path> taken = new HashMap<>();
        Set<Path> inputs = new HashSet<>();
        jobs.forEach(job -> inputs.add(identity(job.input())));
        for (Job job : jobs) {
            Path other = taken.putIfAbsent(identity(job.output()), job.input());
            if (other != null) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        other + " and " + job.input() + " would both become " + job.output()
                                + "; rename one, or give them different --output-dir");
            }
            if (inputs.contains(identity(job.output()))) {
                throw new CommandFailure(
                        ExitCode.USAGE, job.output() + " is one of the audio files; give another --output-dir");
            }
        }
    }

    List<Job> unfinished() {
        return jobs.stream().filter(job -> !job.isFinished()).toList();
    }

    /** Makes room for the outputs. */
    void prepare() {
        for (Job job : jobs) {
            try {
                Files.createDirectories(job.output().toAbsolutePath().getParent());
                job.clean();
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCode.OUTPUT_FAILED,
                        "cannot write to " + job.output() + ": " + ErrorReport.fileReasonOf(e),
                        e);
            }
        }
    }
}
