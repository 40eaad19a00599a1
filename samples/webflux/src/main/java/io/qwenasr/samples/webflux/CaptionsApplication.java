package io.qwenasr.samples.webflux;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Live captions, uploads and a gateway in one application. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class CaptionsApplication {

    /**
     * Starts it.
     *
     * @param args properties, such as {@code --server.port=8081}
     */
    public static void main(String[] args) {
        SpringApplication.run(CaptionsApplication.class, args);
    }
}
