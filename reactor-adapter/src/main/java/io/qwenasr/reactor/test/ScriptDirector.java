package io.qwenasr.reactor.test;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import io.qwenasr.audio.AudioTimeline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plays one session by its {@link Script}. */
final class ScriptDirector implements Director, UtteranceFinder.Listener {

    private static final Duration PROGRESS = Duration.ofMillis(500);
    private static final long EVER = Long.MAX_VALUE;

    private final Script script;
    private final SessionOptions options;
    private final int session;
    private final Stage stage;
    private final AudioTimeline timeline;
    private final @Nullable UtteranceFinder finder;
    private final List<Script.Moment> times;
    private final List<Script.Moment> bytes;
    private final Map<Script.Line, String> openLines = new LinkedHashMap<>();

    private int nextTime;
    private int nextBytes;
    private long heard;
    private Duration lost = Duration.ZERO;
    private long lastEnd;
    private int items;
    private int utterances;
    private int clears;
    private int gaps;
    private @Nullable String previousItem;
    private @Nullable String openItem;

    ScriptDirector(Script script, SessionOptions options, int session, Stage stage) {
        this.script = script;
        this.options = options;
        this.session = session;
        this.stage = stage;
        this.timeline = new AudioTimeline(options.format());
        this.times = script.times();
        this.bytes = script.bytes();
        this.finder = finder();
    }

    private @Nullable UtteranceFinder finder() {
        if (options.turnDetection() instanceof TurnDetection.ServerVad vad) {
            return switch (script.hearing()) {
                case NOTHING -> null;
                case EQUAL_LENGTHS ->
                    new LengthFinder(bytesOrEver(script.utteranceLength()), bytesOrEver(PROGRESS), this);
                case BETWEEN_SILENCE ->
                    isPcm()
                            ? new SilenceFinder(bytesOrEver(vad.silenceOrDefault()), bytesOrEver(PROGRESS), this)
                            : new LengthFinder(EVER, EVER, this);
            };
        }
        return new LengthFinder(EVER, EVER, this);
    }

    /** The length of Opus in time is unknown. */
    private long bytesOrEver(Duration time) {
        return isPcm() ? options.format().bytesIn(time) : EVER;
    }

    private boolean isPcm() {
        return options.format().encoding() == AudioFormat.Encoding.PCM;
    }

    // ---- what comes in

    @Override
    public void onStart() {
        if (options.isManual() && !script.lines().isEmpty()) {
            stage.fail(new IllegalStateException("the script has utterances at positions of the audio, which only a"
                    + " session with server-side turn detection can have; in manual mode use finals or onUtterance"));
            return;
        }
        if (script.ready()) {
            stage.emit(new TranscriptionEvent.SessionReady(sessionId(), options.model()));
        }
        play(Script.Cue.START, 1, null);
    }

    private String sessionId() {
        return "sess_scripted_" + session;
    }

    @Override
    public void onSignal(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            hear(chunk.audio().duplicate());
        } else if (signal instanceof AudioSignal.Commit) {
            if (isAllowed("commit") && finder != null) {
                finder.boundary();
            }
        } else if (signal instanceof AudioSignal.Clear) {
            if (isAllowed("clear")) {
                clear();
            }
        } else if (signal instanceof AudioSignal.Gap gap) {
            skip(gap);
        }
    }

    private boolean isAllowed(String signal) {
        if (!options.isManual()) {
            refuse("a " + signal + " is not allowed while the server detects the turns; use TurnDetection.manual()");
        }
        return options.isManual();
    }

    private void refuse(String message) {
        stage.fail(new InvalidSignalException(message, SessionPhase.STREAMING, sessionId()));
    }

    private void hear(ByteBuffer audio) {
        if (audio.hasRemaining()) {
            happenUpToHere();
        }
        while (audio.hasRemaining()) {
            int take = (int) Math.min(audio.remaining(), bytesToNextMoment());
            heard += take;
            timeline.heard(take);
            if (finder != null) {
                finder.read(audio.slice(audio.position(), take));
            }
            audio.position(audio.position() + take);
            happenUpToHere();
        }
    }

    private void clear() {
        if (finder != null) {
            finder.drop();
        }
        lastEnd = heard;
        stage.emit(new TranscriptionEvent.Cleared());
        play(Script.Cue.CLEAR, ++clears, null);
    }

    private void skip(AudioSignal.Gap gap) {
        if (!isPcm()) {
            refuse("a gap needs PCM: where it lies cannot be told among packets of "
                    + options.format().encoding());
            return;
        }
        lost = lost.plus(gap.length());
        stage.emit(timeline.gap(gap));
        play(Script.Cue.GAP, ++gaps, null);
        happenUpToHere();
    }

    @Override
    public void onAudioComplete() {
        if (finder != null) {
            finder.boundary();
        }
        Duration here = position(heard).plus(lost);
        new ArrayList<>(openLines.keySet()).forEach(line -> endLine(line, here));
        List<String> finals = script.finals();
        if (finals != null && !options.isManual()) {
            for (int i = utterances; i < finals.size(); i++) {
                conclude(announce(), finals.get(i));
            }
        }
        play(Script.Cue.END, 1, null);
    }

    // ---- positions of the audio

    private Duration position(long audioBytes) {
        return options.format().durationOf(audioBytes);
    }

    private long bytesToNextMoment() {
        long toTime = nextTime < times.size() ? bytesUntil(times.get(nextTime)) : EVER;
        long toBytes = nextBytes < bytes.size() ? bytesUntil(bytes.get(nextBytes)) : EVER;
        return Math.min(toTime, toBytes);
    }

    private long bytesUntil(Script.Moment moment) {
        Duration time = moment.time();
        if (time == null) {
            return moment.bytes() - heard;
        }
        return time.compareTo(lost) <= 0 ? -heard : options.format().bytesIn(time.minus(lost)) - heard;
    }

    private void happenUpToHere() {
        while (nextTime < times.size() && bytesUntil(times.get(nextTime)) <= 0) {
            times.get(nextTime++).happening().happen(this);
        }
        while (nextBytes < bytes.size() && bytesUntil(bytes.get(nextBytes)) <= 0) {
            bytes.get(nextBytes++).happening().happen(this);
        }
    }

    // ---- utterances that are heard

    @Override
    public void began(long from) {
        // In manual mode it may still be cleared, as if it had not been said.
        List<String> finals = script.finals();
        if (options.isManual() || (finals != null && utterances == finals.size())) {
            return;
        }
        utterances++;
        String id = nextItemId();
        openItem = id;
        stage.emit(timeline.place(new TranscriptionEvent.SpeechStarted(id, position(from))));
    }

    @Override
    public void progressed(UtteranceFinder.Span soFar) {
        String id = openItem;
        if (id == null) {
            return;
        }
        for (Step step : script.steps(Script.Cue.UTTERANCE, utterances)) {
            if (step instanceof Step.Say say) {
                String text = say.text().apply(heard(new Item(id, utterances, soFar)));
                stage.emit(new TranscriptionEvent.Partial(id, "", text, options.language(), null));
                return;
            }
        }
    }

    @Override
    public void ended(UtteranceFinder.Span whole) {
        String id = openItem;
        openItem = null;
        if (options.isManual()) {
            utterances++;
            id = nextItemId();
        }
        if (id == null) {
            return;
        }
        lastEnd = whole.to();
        commit(id, position(whole.to()));
        play(Script.Cue.UTTERANCE, utterances, new Item(id, utterances, whole));
    }

    private String nextItemId() {
        return "item_" + session + "_" + ++items;
    }

    /** Tells that the audio of an item is complete. */
    private void commit(String id, Duration end) {
        if (!options.isManual()) {
            stage.emit(timeline.place(new TranscriptionEvent.SpeechStopped(id, end)));
        }
        stage.emit(new TranscriptionEvent.Committed(id, previousItem));
        previousItem = id;
    }

    HeardUtterance heard(Item item) {
        UtteranceFinder.Span span = item.span();
        TranscriptionEvent.Final placed = placed(item, "");
        Duration start = placed.start();
        Duration end = placed.end();
        return new HeardUtterance(
                item.number(),
                span.to() - span.from(),
                span.crc32(),
                start == null ? Duration.ZERO : start,
                end == null ? Duration.ZERO : end);
    }

    private TranscriptionEvent.Final placed(Item item, String transcript) {
        UtteranceFinder.Span span = item.span();
        return (TranscriptionEvent.Final) timeline.place(new TranscriptionEvent.Final(
                item.id(), transcript, options.language(), null, position(span.from()), position(span.to())));
    }

    // ---- utterances that the script makes up

    /** Announces an utterance of all audio since the last one. */
    Item announce() {
        String id = nextItemId();
        UtteranceFinder.Span span = new UtteranceFinder.Span(lastEnd, heard, 0);
        lastEnd = heard;
        if (!options.isManual()) {
            stage.emit(timeline.place(new TranscriptionEvent.SpeechStarted(id, position(span.from()))));
        }
        commit(id, position(heard));
        return new Item(id, utterances, span);
    }

    /** Tells the result of an utterance. */
    void conclude(Item item, String transcript) {
        stage.emit(new TranscriptionEvent.Partial(item.id(), transcript, "", options.language(), null));
        stage.emit(placed(item, transcript));
    }

    void beginLine(Script.Line line) {
        String id = nextItemId();
        openLines.put(line, id);
        stage.emit(new TranscriptionEvent.SpeechStarted(id, line.from()));
    }

    void continueLine(Script.Line line, String text, String stash) {
        String id = openLines.get(line);
        if (id != null) {
            stage.emit(new TranscriptionEvent.Partial(id, text, stash, options.language(), null));
        }
    }

    void endLine(Script.Line line, Duration end) {
        String id = openLines.remove(line);
        if (id == null) {
            return;
        }
        stage.emit(new TranscriptionEvent.SpeechStopped(id, end));
        stage.emit(new TranscriptionEvent.Committed(id, previousItem));
        previousItem = id;
        stage.emit(new TranscriptionEvent.Partial(id, line.transcript(), "", options.language(), null));
        stage.emit(new TranscriptionEvent.Final(id, line.transcript(), options.language(), null, line.from(), end));
    }

    // ---- steps

    private void play(Script.Cue cue, int number, @Nullable Item item) {
        play(script.steps(cue, number), item);
    }

    void play(List<Step> steps, @Nullable Item item) {
        play(steps, 0, new Scene(this, stage, item));
    }

    private void play(List<Step> steps, int from, Scene scene) {
        for (int i = from; i < steps.size(); i++) {
            if (steps.get(i) instanceof Step.After after) {
                int next = i + 1;
                stage.later(after.delay(), () -> play(steps, next, scene));
                return;
            }
            steps.get(i).play(scene);
        }
    }
}
