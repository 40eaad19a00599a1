package io.qwenasr.samples.webflux;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one page, driven by its DevTools protocol. Its microphone plays a recording, over and over,
 * from when the page opens it.
 */
final class Chromium implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final JsonMapper JSON = new JsonMapper();
    private static final int STARTS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path folder;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
    private final AtomicInteger lastCall = new AtomicInteger();
    private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    /** Finds a browser: by the environment variable CHROMIUM, else by its usual names on the path. */
    static Optional<Path> find() {
        String named = System.getenv("CHROMIUM");
        if (named != null && !named.isBlank()) {
            return Optional.of(Path.of(named));
        }
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Chromium(Process process, Path folder, URI page) {
        this.process = process;
        this.folder = folder;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Answers())
                .orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Tries again, with a new profile, if it does not come up: on a busy machine a browser may fail to. */
    static Chromium start(Path browser, Path folder, Path recording) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return launch(browser, folder, Files.createDirectories(folder.resolve("profile" + attempt)), recording);
            } catch (Exception | AssertionError e) {
                if (attempt == STARTS) {
                    throw e;
                }
                LoggerFactory.getLogger(Chromium.class).warn("start {} of Chromium failed", attempt, e);
            }
        }
    }

    private static Chromium launch(Path browser, Path folder, Path profile, Path recording) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                browser.toString(),
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "--window-size=1280,860",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-audio-capture=" + recording,
                "--mute-audio",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--disable-gpu",
                "--disable-dev-shm-usage"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.add("--no-sandbox"); // Chromium refuses to start otherwise, as in most containers
        }
        command.add("about:blank");
        Path log = Path.of(profile + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Path portFile = profile.resolve("DevToolsActivePort");
            Await.until("Chromium listens", START_LIMIT, () -> lines(portFile) >= 2 || !process.isAlive());
            if (!process.isAlive()) {
                throw new IllegalStateException(browser + " does not start: " + Files.readString(log));
            }
            int port = Integer.parseInt(Files.readAllLines(portFile).get(0).strip());
            Chromium chromium = new Chromium(process, folder, firstPage(port));
            chromium.call("Page.enable", Map.of());
            chromium.call("Runtime.enable", Map.of());
            chromium.call("DOM.enable", Map.of());
            chromium.call("Log.enable", Map.of());
            chromium.call("Network.enable", Map.of());
            return chromium;
        } catch (Exception | Error e) {
            end(process);
            throw e;
        }
    }

    private static int lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException notYet) {
            return 0;
        }
    }

    private static URI firstPage(int port) throws Exception {
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                .build();
        String[] found = new String[1];
        Await.until("Chromium has a page", () -> {
            try {
                JsonNode pages = JSON.readTree(HttpClient.newHttpClient()
                        .send(list, BodyHandlers.ofString())
                        .body());
                for (JsonNode page : pages) {
                    if (page.path("type").asString().equals("page")) {
                        found[0] = page.path("webSocketDebuggerUrl").asString();
                    }
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return found[0] != null;
        });
        return URI.create(found[0]);
    }

    /** Its own, with room for files to give it. */
    Path folder() {
        return folder;
    }

    // ---- what a user does

    void open(URI page) {
        call("Page.navigate", Map.of("url", page.toString()));
        await("document.readyState === 'complete'");
    }

    void click(String testId) {
        double[] at = middleOf(testId);
        mouse("mouseMoved", at);
        mouse("mousePressed", at);
        mouse("mouseReleased", at);
    }

    void press(String testId) {
        double[] at = middleOf(testId);
        mouse("mouseMoved", at);
        mouse("mousePressed", at);
    }

    void release(String testId) {
        mouse("mouseReleased", middleOf(testId));
    }

    private void mouse(String type, double[] at) {
        call(
                "Input.dispatchMouseEvent",
                Map.of("type", type, "x", at[0], "y", at[1], "button", "left", "clickCount", 1));
    }

    private double[] middleOf(String testId) {
        await("!" + element(testId) + ".disabled && !" + element(testId) + ".hidden");
        JsonNode box = evaluate("(() => { const e = " + element(testId) + "; e.scrollIntoView({ block: 'nearest' });"
                + " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()");
        return new double[] {box.get(0).asDouble(), box.get(1).asDouble()};
    }

    void key(String type, String key, String code, int number) {
        call(
                "Input.dispatchKeyEvent",
                Map.of(
                        "type",
                        type,
                        "key",
                        key,
                        "code",
                        code,
                        "windowsVirtualKeyCode",
                        number,
                        "text",
                        type.equals("keyDown") ? key.length() == 1 ? key : "\r" : ""));
    }

    void choose(String testId, String value) {
        evaluate("(() => { const e = " + element(testId) + "; e.value = '" + value
                + "'; e.dispatchEvent(new Event('change', { bubbles: true })); })()");
    }

    void chooseFile(String testId, Path file) {
        JsonNode document = call("DOM.getDocument", Map.of());
        JsonNode input = call(
                "DOM.querySelector",
                Map.of("nodeId", document.path("root").path("nodeId").asInt(), "selector", selector(testId)));
        call(
                "DOM.setFileInputFiles",
                Map.of("nodeId", input.path("nodeId").asInt(), "files", List.of(file.toString())));
    }

    void size(int width, int height, double scale) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", false));
    }

    void dark(boolean dark) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    // ---- what a user sees

    String text(String testId) {
        return evaluate(element(testId) + ".textContent.trim()").asString();
    }

    List<String> texts(String testId) {
        JsonNode all =
                evaluate("[...document.querySelectorAll(\"" + selector(testId) + "\")].map(e => e.textContent.trim())");
        return all.valueStream().map(JsonNode::asString).toList();
    }

    String attribute(String testId, String name) {
        return evaluate(element(testId) + ".getAttribute('" + name + "')").asString();
    }

    void awaitState(String state) {
        await(element("state") + ".dataset.state === '" + state + "'");
    }

    void await(String expression) {
        try {
            Await.until(expression, () -> evaluate(expression).asBoolean());
        } catch (AssertionError late) {
            throw new AssertionError(
                    late.getMessage() + "\non a page that says: " + evaluate("document.body.innerText")
                            + "\nand reports: " + errors,
                    late);
        }
    }

    void screenshot(Path file, boolean whole) throws IOException {
        Map<String, Object> how = new LinkedHashMap<>(Map.of("format", "png"));
        if (whole) {
            how.put("captureBeyondViewport", true);
            JsonNode size = call("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
            how.put(
                    "clip",
                    Map.of(
                            "x",
                            0,
                            "y",
                            0,
                            "scale",
                            1,
                            "width",
                            size.path("width").asDouble(),
                            "height",
                            size.path("height").asDouble()));
        }
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(call("Page.captureScreenshot", how).path("data").asString()));
    }

    /** What went wrong on the page, by its own account. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    /** Every address that was asked for, {@code data:} ones included. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    void clearErrors() {
        errors.clear();
        requests.clear();
    }

    JsonNode evaluate(String expression) {
        JsonNode answer = call(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + " failed: " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    private static String element(String testId) {
        return "document.querySelector(\"" + selector(testId) + "\")";
    }

    private static String selector(String testId) {
        return "[data-testid=" + testId + "]";
    }

    private synchronized JsonNode call(String method, Map<String, Object> params) {
        int id = lastCall.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        calls.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", params)), true)
                .join();
        return answer.orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
        end(process);
    }

    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        Await.until("Chromium has ended", () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private final class Answers implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                JsonNode message = JSON.readTree(text.toString());
                text.setLength(0);
                received(message);
            }
            webSocket.request(1);
            return null;
        }

        private void received(JsonNode message) {
            CompletableFuture<JsonNode> call = calls.remove(message.path("id").asInt(0));
            if (call == null) {
                String method = message.path("method").asString("");
                if (method.equals("Runtime.exceptionThrown")) {
                    errors.add(message.path("params").path("exceptionDetails").toString());
                } else if (method.equals("Network.requestWillBeSent")) {
                    requests.add(
                            message.path("params").path("request").path("url").asString(""));
                } else if (method.equals("Log.entryAdded")
                        && message.path("params")
                                .path("entry")
                                .path("level")
                                .asString("")
                                .equals("error")) {
                    errors.add(message.path("params").path("entry").path("text").asString());
                }
            } else if (message.has("error")) {
                call.completeExceptionally(
                        new IllegalStateException(message.path("error").toString()));
            } else {
                call.complete(message.path("result"));
            }
        }
    }
}
