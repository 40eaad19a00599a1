package io.qwenasr.samples.cli;

import io.qwenasr.reactor.AudioSources;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The microphones that there are. */
interface Microphones {

    /** Those of {@code javax.sound}. */
    Microphones SYSTEM = new Microphones() {
        @Override
        public List<String> names() {
            return infos().map(Mixer.Info::getName).toList();
        }

        @Override
        public Flux<ByteBuffer> open(@Nullable String name) {
            if (name == null) {
                return AudioSources.microphone(AudioInput.FORMAT);
            }
            Mixer.Info device = infos().filter(info -> info.getName().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.NO_MICROPHONE, "the microphone '" + name + "' is not there any more"));
            return AudioSources.microphone(AudioInput.FORMAT, device);
        }

        private Stream<Mixer.Info> infos() {
            Line.Info recording = new Line.Info(TargetDataLine.class);
            return Stream.of(AudioSystem.getMixerInfo())
                    .filter(info -> AudioSystem.getMixer(info).isLineSupported(recording));
        }
    };

    /** What they are called, the default one first. */
    List<String> names();

    /** Records from one of them, or from the default one for null: endless, in {@link AudioInput#FORMAT}. */
    Flux<ByteBuffer> open(@Nullable String name);
}
