// See tests/vscode/check.    node drive.mjs CHECKOUT CACHE [--screenshots]
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
const { chromium } = createRequire(process.cwd() + "/")("playwright-core");

const [root, cache, ...options] = process.argv.slice(2);
const start = Date.now();
const say = (text) => console.log(`${((Date.now() - start) / 1000).toFixed(1)} s  ${text}`);
const children = [];
process.on("exit", () => children.forEach((child) => { try { process.kill(-child.pid, "SIGKILL"); } catch { } }));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => { console.log("the time is over"); process.exit(1); });

const freePort = () => new Promise((done) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); });
});
const run = (program, args, more = {}) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true, ...more });  // a group of its own: it is ended as one
    children.push(child);
    return child;
};
const connected = async (port) => {
    for (let i = 0; i < 600; i++) {
        const socket = await new Promise((done) => {
            const s = net.connect(port, "127.0.0.1", () => done(s));
            s.on("error", () => done(null));
        });
        if (socket) { socket.on("error", () => { }); return socket; }
        await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`nobody listens at ${port}`);
};

// The workspace: the examples and the launch configurations as they are, but for the port of the debugger.
const folder = mkdtempSync(path.join(cache, "run."));
const workspace = path.join(folder, "winsock_ctypes");
const debugPort = await freePort();
mkdirSync(path.join(workspace, ".vscode"), { recursive: true });
cpSync(path.join(root, "examples"), path.join(workspace, "examples"), { recursive: true, filter: (file) => !/exercises|__pycache__/.test(file) });
writeFileSync(path.join(workspace, ".vscode", "launch.json"), readFileSync(path.join(root, ".vscode", "launch.json"), "utf8").replaceAll("5678", String(debugPort)));
mkdirSync(path.join(folder, "user", "User"), { recursive: true });
cpSync(path.join(root, "tests/vscode/settings.json"), path.join(folder, "user/User/settings.json"));
cpSync(path.join(root, "tests/vscode/extension"), path.join(folder, "extensions/winsock-ctypes.debugpy-bridge-0.0.1"), { recursive: true });
const codePort = await freePort();
run("node", [path.join(cache, "node_modules/code-server/out/node/entry.js"), "--auth", "none", "--bind-addr", `127.0.0.1:${codePort}`, "--disable-telemetry",
    "--disable-update-check", "--disable-workspace-trust", "--user-data-dir", path.join(folder, "user"), "--extensions-dir", path.join(folder, "extensions")],
    { env: { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl": "http://127.0.0.1:9"}' } });
(await connected(codePort)).destroy();

const lineOf = (example, after, text) => {
    const lines = readFileSync(path.join(workspace, "examples", `${example}.py`), "utf8").split("\n");
    const from = lines.findIndex((line) => line.startsWith(`def ${after}(`));
    return lines.findIndex((line, i) => i > from && line.includes(text)) + 1;
};
const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(60_000);

const open = async (text, row) => {  // the box of Ctrl+P
    await page.keyboard.press("Control+p");
    await page.locator(".quick-input-widget input[type=text]").first().fill(text);
    await page.locator(".quick-input-list .monaco-list-row.focused", { hasText: row }).first().waitFor();
    await page.keyboard.press("Enter");
};
const breakpoint = async (example, line) => {  // set, or taken away again
    await open(`${example}.py:${line}`, new RegExp(`${example}\\.py\\s*examples`));
    await page.locator(".monaco-editor .line-numbers.active-line-number", { hasText: String(line) }).first().waitFor();
    await page.keyboard.press("F9");
};
const stack = page.locator(".debug-call-stack .stack-frame");
const stoppedAt = async (name, line, below = "") => {  // the innermost frame, and the one below it
    const wanted = new RegExp(`^${name} .*\\b${line}:`);
    const good = () => wanted.test(frames[0] ?? "") && (frames[1] ?? "").startsWith(below);
    let frames = [];
    for (let i = 0; i < 600 && !good(); i++) {
        await page.waitForTimeout(100);
        frames = (await stack.allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
    }
    if (!good()) throw new Error(`stopped in ${frames.slice(0, 2).join(" <- ")}, not in ${name}, line ${line} <- ${below}`);
    say(`stopped: ${frames.slice(0, 2).join(" <- ")}`);
};
const variable = (text) => page.locator(".debug-variables .monaco-list-row", { hasText: text }).first();
const shows = async (text) => {
    await variable("Locals").waitFor();
    if (await variable("Locals").getAttribute("aria-expanded") !== "true") await variable("Locals").click();
    await variable(text).waitFor();
};
const picture = async (name) => {
    await page.waitForTimeout(1500);  // inline values come a little later
    if (options.includes("--screenshots")) await page.screenshot({ path: path.join(root, "docs", `vscode_${name}.png`) });
};
const listens = new RegExp(`:${debugPort.toString(16).padStart(4, "0").toUpperCase()} \\S+ 0A `);  // looked up, for debugpy takes one editor only
const until = async (condition) => { for (let i = 0; i < 600 && !condition(); i++) await page.waitForTimeout(100); };
let program;
const debug = async (example) => {
    const port = await freePort();
    const args = ["-m", "debugpy", "--listen", `127.0.0.1:${debugPort}`, "--wait-for-client", `examples/${example}.py`, String(port)];
    program = run(path.join(root, "tests/wine/python"), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    program.stdout.resume();
    program.stderr.resume();
    await until(() => listens.test(readFileSync("/proc/net/tcp", "utf8")));
    await open("debug attach (from Linux", "attach (from Linux");
    await page.locator(".debug-toolbar").waitFor();
    say(`attached to ${example}`);
    return port;
};
const disconnect = async () => {
    await page.keyboard.press("Shift+F5");
    await page.locator(".debug-toolbar").waitFor({ state: "hidden" });
    process.kill(-program.pid, "SIGKILL");
    await until(() => !listens.test(readFileSync("/proc/net/tcp", "utf8")));
};

try {
    await page.goto(`http://127.0.0.1:${codePort}/?folder=${workspace}`);
    await page.waitForSelector(".monaco-workbench .explorer-folders-view .monaco-list-row");
    say("VS Code shows the folder");

    const server = "overlapped_echo_server", wait = lineOf(server, "main", "SleepEx("), answer = lineOf(server, "ReadComRoutine", "error = WSASend(");
    await breakpoint(server, lineOf(server, "main", "if error == SOCKET_ERROR"));
    const port = await debug(server);
    const client = await connected(port);
    await stoppedAt("main", lineOf(server, "main", "if error == SOCKET_ERROR"));
    await shows("STATUS_PENDING");
    client.write("hello\n");
    await page.keyboard.press("F10");
    await stoppedAt("main", lineOf(server, "main", "while running:"));
    await page.keyboard.press("F10");
    await stoppedAt("main", wait);
    await shows("InternalHigh=6");
    await picture("sleepex");
    await page.keyboard.press("F11");  // into SleepEx: the routine
    await stoppedAt("ReadComRoutine", lineOf(server, "ReadComRoutine", "hbInfo ="), "main");
    for (let i = lineOf(server, "ReadComRoutine", "hbInfo ="), to = lineOf(server, "ReadComRoutine", "if dwError"); i < to; i++) {
        await page.keyboard.press("F10");
        await stoppedAt("ReadComRoutine", i + 1 === to - 1 ? to : i + 1, "main");
        if (i + 1 === to - 1) break;  // the empty line
    }
    await shows(/szRecvBytes\s*=\s*6/);
    await picture("routine");
    await breakpoint(server, answer);
    await page.keyboard.press("F5");
    await stoppedAt("ReadComRoutine", answer, "main");
    await page.keyboard.press("F11");  // into WSASend: it is C, there is nothing to step into
    await stoppedAt("ReadComRoutine", answer + 1, "main");
    await page.keyboard.press("Shift+F11");  // out: to main, which stands at SleepEx
    await stoppedAt("main", wait);
    client.destroy();
    await disconnect();

    const iocp = "iocp_echo_server", worker = lineOf(iocp, "ReadComRoutine", "if dwError");
    await breakpoint(iocp, worker);
    const other = await connected(await debug(iocp));
    other.write("hello\n");
    await stoppedAt("ReadComRoutine", worker, "EchoThreadMain");
    await shows(/szRecvBytes\s*=\s*6/);
    await picture("worker");
    other.destroy();
    await disconnect();
    say("good");
} catch (error) {
    await page.screenshot({ path: path.join(cache, "failed.png") }).catch(() => { });
    console.log(`${error}\nwhat VS Code showed: ${path.join(cache, "failed.png")}`);
    process.exitCode = 1;
} finally {
    await browser.close();
    children.forEach((child) => { try { process.kill(-child.pid, "SIGKILL"); } catch { } });
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
}
process.exit();
