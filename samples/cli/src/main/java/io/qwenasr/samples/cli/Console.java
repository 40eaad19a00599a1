package io.qwenasr.samples.cli;

import org.jline.terminal.Size;
import org.jline.terminal.spi.SystemStream;

/** The terminals that the streams of this process are. */
interface Console {

    boolean isTerminal(SystemStream stream);

    /** How large the terminal is at this moment that the stream is; zero by zero if it does not tell. */
    Size size(SystemStream stream);
}
