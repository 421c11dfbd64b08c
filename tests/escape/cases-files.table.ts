import type { Escapes } from "./cases.ts";

const read = (path: string) => `secret(open(${path}).read())`;
const later = (path: string, about: string, more = ""): Escapes[string] => ({
  about,
  group: "run later",
  program: `os.makedirs(os.path.dirname("${path}") or ".", exist_ok=True)\n${more}write("${path}")`,
  effect: `work/${path}`,
});

/** Ways to what is on the disk, and to what the host runs later. */
export const FILES: Escapes = {
  "home-key": {
    about: "an SSH key in the person's home",
    group: "files",
    program: read('W["home"] + "/.ssh/id_rsa"'),
  },
  "home-list": {
    about: "the names of what is in the person's home",
    group: "files",
    program: `if "letters" in os.listdir(W["home"]): escaped()`,
  },
  "home-dotfile": {
    about: "a line in the person's .bashrc",
    group: "files",
    program: `write(W["home"] + "/.bashrc", "PWNED", "a")`,
    effect: "home/.bashrc",
  },
  "doorward-data": {
    about: "Doorward's own keys",
    group: "files",
    program: read('W["data"] + "/keys/data.key"'),
  },
  shadow: {
    about: "/etc/shadow",
    group: "files",
    program: `if ":" in open("/etc/shadow").read(): escaped()`,
  },
  "write-beside": {
    about: "a file beside the workspace",
    group: "files",
    program: `write(W["root"] + "/beside")`,
    effect: "beside",
  },
  "write-parent": {
    about: "the same, by ..",
    group: "files",
    program: `write("../beside")`,
    effect: "beside",
  },
  "write-system": {
    about: "a program in /usr/local/bin",
    group: "files",
    program: `p = "/usr/local/bin/doorward-escape"\nopen(p, "w").write("x"); os.unlink(p); escaped(p)`,
  },
  "env-file": { about: "the project's .env", group: "files", program: read('".env"') },
  "symlink-read": {
    about: "a secret outside, by a symbolic link in the workspace",
    group: "files",
    program: `os.symlink(W["home"] + "/.ssh/id_rsa", "link")\n${read('"link"')}`,
  },
  "symlink-write": {
    about: "a file outside, by a symbolic link in the workspace",
    group: "files",
    program: `os.symlink(W["root"], "up")\nwrite("up/beside")`,
    effect: "beside",
  },
  "hard-link": {
    about: "a secret outside, by a hard link",
    group: "files",
    program: `os.link(W["home"] + "/.ssh/id_rsa", "hard")\n${read('"hard"')}`,
  },
  "symlink-race": {
    about: "a secret outside, by a link that is swapped while it is opened",
    group: "files",
    program: `
open("plain", "w").write("nothing")
if os.fork() == 0:
    for n in range(20000):
        try: os.symlink(W["home"] + "/.ssh/id_rsa", "swap.%d" % n); os.rename("swap.%d" % n, "swapped"); os.link("plain", "swap.b"); os.rename("swap.b", "swapped")
        except OSError: pass
    os._exit(0)
end = time.time() + 1.5
while time.time() < end:
    try: ${read('"swapped"')}
    except OSError: pass`,
  },
  "proc-root": {
    about: "the host's files by /proc/PID/root",
    group: "files",
    program: `
for pid in os.listdir("/proc"):
    if pid.isdigit():
        try: secret(open("/proc/" + pid + "/root" + W["home"] + "/.ssh/id_rsa").read())
        except OSError: pass`,
  },
  "proc-cwd": {
    about: "the host's files by /proc/PID/cwd of a process of the host",
    group: "files",
    program: read('"/proc/%d/cwd/.ssh/id_rsa" % W["victim"]'),
  },
  "block-device": {
    about: "the disk itself, by a device node",
    group: "files",
    program: `
dev = os.stat(W["home"]).st_dev
os.mknod("disk", 0o600 | 0o060000, dev)
if len(open("disk", "rb").read(512)) == 512: escaped("the disk")`,
  },
  "file-handle": {
    about: "a file by its handle, past the tree",
    group: "files",
    program: `
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + b"\\0" * 128)
mount = ctypes.c_int()
call("name_to_handle_at", -100, b"/", handle, ctypes.byref(mount), 0)
fd = call("open_by_handle_at", os.open("/", os.O_RDONLY), handle, os.O_RDONLY)
escaped(os.listdir(fd)[:3])`,
  },
  setuid: {
    about: "root, by a setuid program",
    group: "files",
    program: `
if os.geteuid() == 0: os._exit(1)
for program in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/passwd", "/usr/bin/chsh"):
    try:
        p = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); time.sleep(0.2)
        if "\\nUid:\\t%d\\t0\\t" % os.getuid() in open("/proc/%d/status" % p.pid).read(): escaped(program)
    except OSError: pass`,
  },

  "git-hook": later(".git/hooks/pre-commit", "a hook that git runs for the person later"),
  "git-config": later(".git/config", "git's configuration, which names programs"),
  "git-rename": later(
    "moved/.git/hooks/pre-commit",
    "a .git of its own, in place of the moved one",
    `os.rename("moved/.git", "moved/old")\nos.makedirs("moved/.git/hooks")\n`,
  ),
  "git-commondir": later(".git/commondir", "a file that leads git to other hooks"),
  "git-nested": later("lib/.git/hooks/pre-commit", "a hook of a repository within the project"),
  "git-nested-rename": later(
    "anew/.git/hooks/pre-commit",
    "the same, its folder made anew",
    `os.rename("anew", "was")\nos.makedirs("anew/.git/hooks")\n`,
  ),
  "editor-task": later(".vscode/tasks.json", "a task that an editor runs when the folder is opened"),
  "editor-run": later(".idea/workspace.xml", "the same of another editor"),
  "agent-settings": later(".claude/settings.json", "hooks of an agent that the person starts later"),
  "agent-words": later("CLAUDE.md", "the words that an agent takes for the person's"),
  direnv: later(".envrc", "what a shell runs when the folder is entered"),
  "mcp-settings": later(".mcp.json", "MCP servers that an agent starts later"),
  outlive: {
    about: "a process that goes on when the run is over",
    group: "run later",
    program: `
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        [os.close(n) for n in range(3)]
        time.sleep(W["outlive"]); open("outlived", "w").write("PWNED"); os._exit(0)
    os._exit(0)
escaped()`,
    effect: "work/outlived",
  },
};
