package io.qwenasr.samples.webflux;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Neither a key nor an address of a service is set. */
final class OnNoService implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Environment environment = context.getEnvironment();
        return !StringUtils.hasText(environment.getProperty("qwen.asr.api-key"))
                && !StringUtils.hasText(environment.getProperty("qwen.asr.endpoint"));
    }
}
