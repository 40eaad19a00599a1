package io.qwenasr.samples.benchmarks.report;

/** What scenarios are called, and what they mean. */
final class Titles {

    private static final String MEMORY =
            " Live heap is what collections leave; RSS growth, that of the process, is what came outside of the heap."
                    + " A process gives little back, so a later round adds less than the first."
                    + " – is below what the harness can tell.";
    private static final String REAL_TIME = "real-time-";

    private Titles() {}

    static String of(String scenario) {
        if (scenario.startsWith(REAL_TIME)) {
            String count = scenario.substring(REAL_TIME.length());
            return "Real time, " + count + (count.equals("1") ? " session" : " sessions");
        }
        return switch (scenario) {
            case "full-speed" -> "One session at full speed, ws";
            case "full-speed-tls" -> "One session at full speed, wss";
            case "file" -> "A recording of 2,000 s as fast as it goes";
            case "idle" -> "Idle sessions";
            case "stalled-pulled" -> "The server stops reading, audio on demand";
            case "stalled-pushed" -> "The server stops reading, audio pushed regardless";
            case "slow" -> "A subscriber that is slow";
            case "jmh" -> "Parts on their own (JMH)";
            default -> scenario;
        };
    }

    static String explanation(String scenario) {
        if (scenario.startsWith(REAL_TIME)) {
            return "Each session sends 100 ms of audio ten times a second and hears a partial for each."
                    + MEMORY
                    + " `pacer` is the harness alone.";
        }
        return switch (scenario) {
            case "full-speed", "full-speed-tls" ->
                "Appends of 3,200 bytes of audio, pulled as fast as the client sends them."
                        + " CPU is the whole process's but for the JIT compilers.";
            case "file" ->
                "20,000 appends, pulled as fast as the client takes them. `dashscope-plain` is the SDK in the loop"
                        + " that its documentation shows.";
            case "idle" -> "Open and configured, with nothing said." + MEMORY;
            case "stalled-pulled" ->
                "Each source has 8,000 appends to give and gives them as it is asked. The kernel's socket buffers"
                        + " hold about a thousand of them.";
            case "stalled-pushed" ->
                "8,000 appends for each session, pushed without a pause. Into `qwen-asr` they go through a"
                        + " unicast sink of 64 chunks, which refuses the rest; into `webflux` through the unbounded"
                        + " one that `Sinks` gives by default; a bounded one there would refuse alike."
                        + " Of `qwen-asr`'s heap, 205 kB are the audio in that sink, which is the harness's.";
            case "slow" ->
                "The server sends up to 2,000 partials a second for 5 s, the listener takes 5 ms for each, then"
                        + " hurries. `qwen-asr` goes on reading, so it answers Pings, and fails at 4,096 waiting"
                        + " events rather than drop one; the others stop reading.";
            case "jmh" ->
                "Per append, per partial, per second of audio, or per 60 s for the chain. Two rounds are two JVMs.";
            default -> "";
        };
    }
}
