//! A headless Chromium, spoken to as its developer tools do.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// How long a browser has to start, and to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running browser with one page.
pub struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    calls: u64,
    /// What it told without being asked.
    events: Vec<Value>,
    _profile: TempDir,
}

/// What a page came to in a window.
#[derive(Debug)]
pub struct Opened {
    /// How wide its content is.
    pub content: i64,
    /// How wide the window is.
    pub window: i64,
    /// How high its content is.
    pub height: i64,
    /// The colour behind it.
    pub background: String,
    /// Everything that was asked for.
    pub requests: Vec<String>,
    /// What the browser complained about.
    pub complaints: Vec<String>,
}

/// The browser of this machine; none where a test without one is to be skipped.
///
/// `CDX_BROWSER=required` makes a missing one a failure.
pub fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let places = std::env::split_paths(&path).flat_map(|dir| names.map(|name| dir.join(name)));
    let found = places.into_iter().find(|place| place.is_file());
    let required = std::env::var("CDX_BROWSER").is_ok_and(|value| value == "required");
    assert!(found.is_some() || !required, "CDX_BROWSER=required, and no Chromium is in PATH");
    found
}

impl Browser {
    /// Starts one with a profile of its own.
    pub fn start(program: &Path) -> Self {
        let profile = TempDir::new().unwrap();
        let child = Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--hide-scrollbars"])
            .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"])
            .args(["--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (port, path) = address(profile.path());
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let url = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) = tungstenite::client(url, stream).unwrap();
        let (session, events) = (String::new(), Vec::new());
        let mut browser = Self { child, socket, session, calls: 0, events, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        attached["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        for domain in ["Page", "Network", "Log", "Runtime"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Asks for something, and waits for the answer.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.calls += 1;
        let mut request = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() {
            request["sessionId"] = self.session.as_str().into();
        }
        self.socket.send(Message::text(request.to_string())).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.calls {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn read(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Opens a file in a window of this width, in light or in dark.
    pub fn open(&mut self, file: &Path, width: u32, scheme: &str) -> Opened {
        self.events.clear();
        let window = json!({
            "width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false,
        });
        self.call("Emulation.setDeviceMetricsOverride", window);
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": feature }));
        self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.read();
            self.events.push(event);
        }
        let content = self.number("document.documentElement.scrollWidth");
        let window = self.number("window.innerWidth");
        let height = self.number("document.documentElement.scrollHeight");
        let background = self.text("getComputedStyle(document.body).backgroundColor");
        let told = |method: &str, pointer: &str| -> Vec<String> {
            let own = self.events.iter().filter(|event| event["method"] == method);
            own.map(|event| event.pointer(pointer).unwrap().to_string()).collect()
        };
        let requests = told("Network.requestWillBeSent", "/params/request/url");
        let complaints = told("Log.entryAdded", "/params/entry");
        Opened { content, window, height, background, requests, complaints }
    }

    /// What an expression comes to.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        let found = self.call("Runtime.evaluate", asked);
        assert!(found.get("exceptionDetails").is_none(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    pub fn number(&mut self, expression: &str) -> i64 {
        self.evaluate(expression).as_f64().unwrap().round() as i64
    }

    pub fn text(&mut self, expression: &str) -> String {
        self.evaluate(expression).as_str().unwrap().to_owned()
    }

    /// A picture of the page down to a height, at a scale.
    pub fn picture(&mut self, width: u32, height: i64, scale: f64) -> Vec<u8> {
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": scale });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        bytes(&self.call("Page.captureScreenshot", asked))
    }

    /// The page as it is printed.
    pub fn printed(&mut self) -> Vec<u8> {
        bytes(&self.call("Page.printToPDF", json!({ "preferCSSPageSize": true })))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It is asked first, so that nobody writes to its profile while that is removed.
        let close = json!({ "id": 0, "method": "Browser.close" });
        let _already_gone = self.socket.send(Message::text(close.to_string()));
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < Duration::from_secs(5)
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _already_gone = self.child.kill();
        let _already_gone = self.child.wait();
    }
}

fn bytes(answer: &Value) -> Vec<u8> {
    BASE64.decode(answer["data"].as_str().unwrap().as_bytes()).unwrap()
}

/// Where a browser that has just started listens.
fn address(profile: &Path) -> (u16, String) {
    let file = profile.join("DevToolsActivePort");
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if let Some((port, path)) = text.split_once('\n') {
            return (port.trim().parse().unwrap(), path.trim().to_owned());
        }
        assert!(begun.elapsed() < PATIENCE, "the browser has not started");
        std::thread::sleep(Duration::from_millis(50));
    }
}
