package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * The official SDK's error log. It is the only place where the SDK tells of a connection that failed, so a test
 * passes only if nothing is left in it.
 */
final class SdkLog extends AppenderBase<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {

    private final BlockingQueue<String> errors = new LinkedBlockingQueue<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(OmniRealtimeConversation.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        start();
        logger.addAppender(this);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(this);
        List<String> left = new ArrayList<>();
        errors.drainTo(left);
        assertThat(left).as("errors logged by the SDK").isEmpty();
    }

    @Override
    protected void append(ILoggingEvent event) {
        errors.add(event.getFormattedMessage());
    }

    /** Takes the next error, once there is one; null if there is none within the limit. */
    String takeError() throws InterruptedException {
        return errors.poll(Inbox.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
