package io.qwenasr.samples.cli;

import java.util.List;
import java.util.Map;

/** Draws captions: lines that stay, and under them lines that still change. */
interface CaptionScreen {

    /**
     * A line that still changes.
     *
     * @param firm the confirmed beginning
     * @param tentative the draft after it
     */
    record Draft(String firm, String tentative) {
        String whole() {
            return firm + tentative;
        }
    }

    /** Adds lines for good and replaces all drafts. */
    void show(List<String> lines, List<Draft> drafts);

    /** How many drafts it can show. */
    default int maxDrafts() {
        return Integer.MAX_VALUE;
    }

    /** Chooses by what the reader can show and wants to see. */
    static CaptionScreen of(Output out, TerminalInfo terminal, Map<String, String> environment) {
        if (!terminal.isOutput()) {
            return new PlainScreen(out);
        }
        return drawing(out, terminal, environment);
    }

    /** For output that is known to be a terminal. */
    static CaptionScreen drawing(Output out, TerminalInfo terminal, Map<String, String> environment) {
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return plain ? new ReturnScreen(out, terminal) : new AnsiScreen(out, terminal);
    }

    /** For files and pipes: no draft is shown, and no control character. */
    record PlainScreen(Output out) implements CaptionScreen {
        @Override
        public void show(List<String> lines, List<Draft> drafts) {
            lines.forEach(out::line);
        }
    }
}
