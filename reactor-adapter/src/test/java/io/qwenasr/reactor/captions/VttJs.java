package io.qwenasr.reactor.captions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.NativeObject;
import org.mozilla.javascript.Scriptable;

/** WebVTT as Video.js reads it: its parser, which is Mozilla's of the specification, without a browser. */
final class VttJs {

    private static final String LIBRARY = "META-INF/resources/webjars/videojs-vtt.js/0.15.5/lib/vtt.js";
    private static final String PREPARE = """
            var module = {exports: {}};
            function require(name) { return {}; }
            function VTTCue(startTime, endTime, text) {
              this.startTime = startTime;
              this.endTime = endTime;
              this.text = text;
            }
            """;
    private static final String RUN = """
            (function() {
              var cues = [];
              var errors = [];
              var parser = new WebVTT.Parser({}, {VTTCue: VTTCue}, WebVTT.StringDecoder());
              parser.oncue = function(cue) { cues.push({start: cue.startTime, end: cue.endTime, text: cue.text}); };
              parser.onparsingerror = function(error) { errors.push(error.message); };
              parser.parse(text);
              parser.flush();
              if (errors.length > 0) throw new Error(errors.join('; '));
              return cues;
            })()
            """;

    private VttJs() {}

    /** Reads a file. What a browser does to show a text, to resolve its escapes, is done here, as there is no DOM. */
    static List<Shown> parse(String file) {
        try (Context context = Context.enter()) {
            context.setLanguageVersion(Context.VERSION_ES6);
            Scriptable scope = context.initStandardObjects();
            context.evaluateString(scope, PREPARE, "prepare", 1, null);
            context.evaluateString(scope, source(), "vtt.js", 1, null);
            context.evaluateString(scope, "var WebVTT = module.exports;", "take", 1, null);
            scope.put("text", scope, file);
            NativeArray cues = (NativeArray) context.evaluateString(scope, RUN, "run", 1, null);
            List<Shown> shown = new ArrayList<>();
            for (Object cue : cues) {
                shown.add(shown((NativeObject) cue));
            }
            return shown;
        }
    }

    private static Shown shown(NativeObject cue) {
        String text = cue.get("text").toString();
        if (text.matches("(?s).*([<>]|&(?!amp;|lt;|gt;)).*")) {
            throw new IllegalArgumentException("markup in " + text);
        }
        return new Shown(
                Math.round(((Number) cue.get("start")).doubleValue() * 1e3),
                Math.round(((Number) cue.get("end")).doubleValue() * 1e3),
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
    }

    private static String source() {
        try (InputStream in = VttJs.class.getClassLoader().getResourceAsStream(LIBRARY)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
