package io.qwenasr.samples.benchmarks.load;

/**
 * One run of one client.
 *
 * @param scenario what it was put through, with what tells its variants apart
 * @param jdk the feature version of the client's JDK
 * @param peer the client's label
 * @param round counted from 1
 * @param figures what came of it
 */
public record Sample(String scenario, String jdk, String peer, int round, Figures figures) {

    /** Returns the sample as a line of text. */
    public String line() {
        return String.join("\t", scenario, jdk, peer, Integer.toString(round), figures.line());
    }

    /** Reads what {@link #line()} wrote. */
    public static Sample parse(String line) {
        String[] parts = line.split("\t", 5);
        return new Sample(parts[0], parts[1], parts[2], Integer.parseInt(parts[3]), Figures.parse(parts[4]));
    }
}
