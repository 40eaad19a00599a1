package io.qwenasr.reactor;

import java.util.List;
import java.util.stream.Stream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/**
 * What {@code javax.sound.sampled} offers.
 *
 * @param mixer the device, or null for the default one
 */
record SystemRecordingDevices(Mixer.@Nullable Info mixer) implements RecordingDevices {

    private static final Line.Info RECORDING = new Line.Info(TargetDataLine.class);

    @Override
    public String name() {
        return mixer == null ? "the default microphone" : "the microphone '" + mixer.getName() + "'";
    }

    @Override
    public boolean supports(DataLine.Info line) {
        return mixer == null
                ? AudioSystem.isLineSupported(line)
                : AudioSystem.getMixer(mixer).isLineSupported(line);
    }

    @Override
    public TargetDataLine line(DataLine.Info line) throws LineUnavailableException {
        return (TargetDataLine)
                (mixer == null
                        ? AudioSystem.getLine(line)
                        : AudioSystem.getMixer(mixer).getLine(line));
    }

    @Override
    public List<String> all() {
        return Stream.of(AudioSystem.getMixerInfo())
                .filter(info -> AudioSystem.getMixer(info).isLineSupported(RECORDING))
                .map(Mixer.Info::getName)
                .toList();
    }
}
