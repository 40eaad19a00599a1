package io.qwenasr.reactor;

import java.util.List;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;

/** The way to one microphone of this machine; a seam for tests. */
interface RecordingDevices {

    /** Names the microphone for people. */
    String name();

    /** Tells whether the microphone can be asked for such a line. */
    boolean supports(DataLine.Info line);

    /** Returns a line that is not open yet. */
    TargetDataLine line(DataLine.Info line) throws LineUnavailableException;

    /** Names all devices that can be recorded from. */
    List<String> all();
}
