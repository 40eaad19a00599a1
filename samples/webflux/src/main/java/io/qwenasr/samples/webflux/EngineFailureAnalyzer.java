package io.qwenasr.samples.webflux;

import io.qwenasr.samples.localengine.EngineUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do, instead of a page of stack trace, where the embedded engine cannot start. */
final class EngineFailureAnalyzer extends AbstractFailureAnalyzer<EngineUnavailableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EngineUnavailableException cause) {
        return new FailureAnalysis(
                "The embedded engine cannot start: " + cause.getMessage(),
                "Mend that; or use the hosted service, by its key in the environment variable DASHSCOPE_API_KEY;"
                        + " or any server of its protocol, by --qwen.asr.endpoint=ws://…",
                cause);
    }
}
