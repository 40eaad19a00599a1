package io.qwenasr.samples.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;

/** Where log lines go, and which: none unless asked for. */
final class Logging {

    private static final String OWN = "io.qwenasr";
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{24} %msg%n";

    private Logging() {}

    /**
     * Begins anew.
     *
     * @param verbosity 0 nothing, 1 this project at DEBUG, 2 this project at TRACE and others at DEBUG, 3
     *     everything
     */
    static void configure(PrintStream err, int verbosity) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (verbosity == 0) {
            root.setLevel(Level.OFF);
            return;
        }
        root.setLevel(verbosity == 1 ? Level.WARN : verbosity == 2 ? Level.DEBUG : Level.TRACE);
        context.getLogger(OWN).setLevel(verbosity == 1 ? Level.DEBUG : Level.TRACE);
        root.addAppender(appender(context, err));
    }

    private static OutputStreamAppender<ILoggingEvent> appender(LoggerContext context, PrintStream err) {
        PatternLayout layout = new CleanLayout();
        layout.setContext(context);
        layout.setPattern(PATTERN);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(new Unclosed(err));
        appender.start();
        return appender;
    }

    /** A server's words are in what is logged, and it must not steer the terminal. */
    private static final class CleanLayout extends PatternLayout {
        @Override
        public String doLayout(ILoggingEvent event) {
            return Text.lines(super.doLayout(event));
        }
    }

    /** An appender closes its stream when it is done; standard error has other users. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(PrintStream err) {
            super(err);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
